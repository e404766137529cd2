import { Button } from "@mantine/core";
import { atMost } from "../../../components/form/checks";
import { AreaField } from "../../../components/form/fields";
import { problemsBelow, useForm } from "../../../components/form/form";
import { filledIn } from "../../../components/form/values";
import { Chip } from "../../../components/chip";
import { referredNames } from "../../../components/referral-title";
import { vendorName } from "../../../format/words";
import type { Decision, ReferralRowFragment, Vendor } from "../../../graphql/generated/graphql";
import { announce } from "../../operations/announce";
import { Outcome } from "../../operations/outcome";
import { useOneFollowed } from "../../operations/store";
import { WriteForm } from "../../operations/write-form";
import { type Decided, useDecisions } from "./use-decisions";
import { decisionName, OUTCOMES } from "./words";
import styles from "./selection.module.css";

interface BulkDecideProps {
  decision: Decision;
  rows: readonly ReferralRowFragment[];
  onDecided: () => void;
  onClose: () => void;
}

/** One decision about several referrals, and what came of each. */
export function BulkDecide({ decision, rows, onDecided, onClose }: BulkDecideProps) {
  const form = useForm();
  const vendors = [...new Set(rows.map((row) => row.vendor))];
  const needsReason = decision === "DENY" && vendors.includes("PLANNR");
  const word = decisionName(decision, null);

  const write = useDecisions({
    about: { vendor: vendors.length === 1 ? (vendors[0] ?? null) : null, referralId: null },
    onRefused: (payload) => {
      // Without results nothing was looked at.
      if (payload.results.length === 0) form.refuse(problemsBelow(payload.userErrors, "input"));
      else tell(payload);
    },
    onDone: (payload) => tell(payload),
  });
  const followed = useOneFollowed(write.phase.is === "followed" ? write.phase.key : null);

  const tell = (payload: Decided) => {
    onDecided();
    announce(countsOf(payload));
  };

  const submit = () => {
    const { reason } = (filledIn(form.values) ?? {}) as { reason?: string };
    write.send({ decisions: rows.map(({ id }) => ({ referralId: id, decision, side: "BOTH" as const, reason })) });
  };

  if (write.seen && write.seen.results.length > 0) {
    return (
      <>
        {followed && <Outcome one={followed} />}
        <Results rows={rows} payload={write.seen} />
        <Button onClick={onClose} data-autofocus>
          Close
        </Button>
      </>
    );
  }
  return (
    <WriteForm
      write={write}
      form={form}
      label={`${word} the selected referrals`}
      submit={`${word} ${rows.length}`}
      isDangerous={decision === "DENY"}
      onSubmit={submit}
      onDismiss={onClose}
    >
      <p className={styles.text}>{vendors.map((vendor) => meaning(vendor, decision, rows)).join(" · ")}</p>
      {!(vendors.length === 1 && vendors[0] === "SAASQUATCH") && (
        <AreaField
          path="reason"
          label="Reason"
          hint={needsReason ? "Plannr tells it the senders; SaaSquatch is not told." : "A remark, kept with the referrals."}
          check={atMost(2_000)}
          isRequired={needsReason}
        />
      )}
    </WriteForm>
  );
}

/** "Plannr: Reject 2" */
function meaning(vendor: Vendor, decision: Decision, rows: readonly ReferralRowFragment[]) {
  const count = rows.filter((row) => row.vendor === vendor).length;
  return `${vendorName(vendor)}: ${decisionName(decision, vendor).toLowerCase()} ${count}`;
}

function countsOf({ results }: Decided): string {
  const counts = Object.entries(OUTCOMES).flatMap(([outcome, { word }]) => {
    const count = results.filter((one) => one.outcome === outcome).length;
    return count > 0 ? [`${word}: ${count}`] : [];
  });
  return `${counts.join(". ")}.`;
}

function Results({ rows, payload }: { rows: readonly ReferralRowFragment[]; payload: Decided }) {
  return (
    <table className={styles.rows}>
      <caption className="unseen">What came of each decision</caption>
      <thead>
        <tr>
          <th scope="col">Referral</th>
          <th scope="col">Vendor</th>
          <th scope="col">Outcome</th>
        </tr>
      </thead>
      <tbody>
        {payload.results.map(({ referralId, outcome, userErrors }) => {
          const row = rows.find(({ id }) => id === referralId);
          const { word, tone } = OUTCOMES[outcome];
          return (
            <tr key={referralId}>
              <th scope="row">{row ? referredNames(row) : "A referral"}</th>
              <td>{row && vendorName(row.vendor)}</td>
              <td>
                <Chip tone={tone}>{word}</Chip>
                {userErrors.map(({ message }, at) => (
                  <div key={at} className={styles.reason}>
                    {message}
                  </div>
                ))}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
