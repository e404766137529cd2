import { Facts } from "../../../components/facts";
import { formatDecimal, formatMoney } from "../../../format/money";
import { formatDate } from "../../../format/time";
import type { SaasquatchDetailRewardFragment, SaasquatchDetailsFragment } from "../../../graphql/generated/graphql";
import styles from "./saasquatch.module.css";

function amountOf(reward: SaasquatchDetailRewardFragment): string | null {
  const { discountPercent, assignedCredit, redeemedCredit, amount, unit, currency } = reward;
  const inUnit = (value: string) =>
    currency ? formatMoney(value, currency) : [formatDecimal(value), unit].filter(Boolean).join(" ");
  if (discountPercent) return `${formatDecimal(discountPercent)} % off`;
  if (assignedCredit) return `${inUnit(assignedCredit)}${redeemedCredit ? `, ${inUnit(redeemedCredit)} used` : ""}`;
  return amount && inUnit(amount);
}

function rewardText(reward: SaasquatchDetailRewardFragment): string {
  return [
    reward.name ?? reward.description ?? reward.typeText ?? "Reward",
    amountOf(reward),
    reward.cancelledAt && `cancelled ${formatDate(reward.cancelledAt)}`,
    reward.expiresAt && `expires ${formatDate(reward.expiresAt)}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** A link out of the console, if it is one: the vendor's text is not trusted to be. */
function ShareLink({ url }: { url: string }) {
  if (!url.startsWith("https://")) return url;
  return (
    <a href={url} target="_blank" rel="noreferrer">
      {url}
    </a>
  );
}

export function Saasquatch({ details }: { details: SaasquatchDetailsFragment }) {
  const { fraudSignals, rewards, shareLinkUsed } = details;
  return (
    <>
      <Facts
        facts={[
          ["Program", details.programId],
          ["Code used", details.referralCodeUsed],
          ["Link used", shareLinkUsed && <ShareLink url={shareLinkUsed} />],
          ["Referred side, in its words", details.referredModerationText],
          ["Referrer's side, in its words", details.referrerModerationText],
          ["Referred account", details.referredUser?.accountId],
          ["Referrer's account", details.referrerUser?.accountId],
          ["Referred user's country", details.referredUser?.countryCode],
          ["Referred user blocked", details.referredUser?.blockedAt && formatDate(details.referredUser.blockedAt)],
        ]}
      />
      {rewards.length > 0 && (
        <>
          <h3 className={styles.head}>Rewards</h3>
          <ul className={styles.list}>
            {rewards.map((reward, at) => (
              <li key={reward.remoteId ?? at}>{rewardText(reward)}</li>
            ))}
          </ul>
        </>
      )}
      {fraudSignals.length > 0 && (
        <>
          <h3 className={styles.head}>Signs of fraud</h3>
          <ul className={styles.list}>
            {fraudSignals.map(({ name, message, score }) => (
              <li key={name}>
                <strong>{name}</strong>: {message ?? "raised"}
                {score && ` (score ${formatDecimal(score)})`}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
