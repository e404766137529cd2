import { Moment } from "../../components/moment";
import { Section } from "../../components/section";
import { formatDay } from "../../format/time";
import type { Referral } from "./referral";
import styles from "./timeline.module.css";

interface Event {
  name: string;
  at: string;
  /** A day that the vendor writes as a moment. */
  isDay: boolean;
}

// Partner Center enters a day and tells midnight UTC.
const DAYS = ["Expected to close"];

/** All that a vendor dates. */
function eventsOf(referral: Referral): Event[] {
  const { details } = referral;
  const dated: [string, string | null | undefined][] = [
    ["Created", referral.createdAt],
    ["Moderated", referral.moderation?.moderatedAt],
    ["Last updated", referral.updatedAt],
    ["Closed", referral.closedAt],
    ["Expiry", referral.expiresAt],
  ];
  if (details.__typename === "PartnerCenterReferral") {
    dated.push(["Accepted", details.acceptedDate], ["Expected to close", details.closingDate]);
  }
  if (details.__typename === "SaasquatchReferral") {
    dated.push(["Converted", details.convertedAt], ["Became a paying one", details.paidAt]);
  }
  return dated
    .flatMap(([name, at]) => (at ? [{ name, at, isDay: DAYS.includes(name) }] : []))
    .sort((one, other) => new Date(one.at).getTime() - new Date(other.at).getTime());
}

/** What happened and what is to come, in order. */
export function Timeline({ referral }: { referral: Referral }) {
  const events = eventsOf(referral);
  if (events.length === 0) return null;
  const now = Date.now();
  return (
    <Section title="Timeline">
      <ol className={styles.timeline}>
        {events.map(({ name, at, isDay }) => (
          <li key={name} className={styles.event} data-ahead={new Date(at).getTime() > now || undefined}>
            <span>{name}</span>
            <span className={styles.when}>
              {isDay ? <time dateTime={at}>{formatDay(at.slice(0, 10))}</time> : <Moment at={at} />}
              <span className={styles.ago}>
                <Moment at={at} as="relative" />
              </span>
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
