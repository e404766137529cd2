import { Button } from "@mantine/core";
import { None } from "../../../components/money";
import type { ChangeableFragment } from "../../../graphql/generated/graphql";
import { fieldsOf } from "./patch";
import styles from "./moderate.module.css";

const NAMES: Record<string, string> = {
  vendorStatus: "Status",
  statusReason: "Remark about the status",
  notes: "Notes",
  dealValue: "Value",
  currency: "Currency",
  closingDate: "Closing date",
  externalReference: "Your own reference",
  campaignId: "Campaign",
  referralProgram: "Referral program",
  salesStage: "Sales stage",
};

const shown = (referral: ChangeableFragment): Record<string, unknown> => ({
  vendorStatus: referral.vendorStatus,
  ...fieldsOf(referral),
});

interface ChangedProps {
  before: ChangeableFragment;
  now: ChangeableFragment;
  /** With the referral as it is now in the form. */
  onReload: () => void;
  /** Sends what is in the form, on top of the referral as it is now. */
  onKeep: () => void;
}

/** Someone else changed the referral meanwhile: what is another by now, and what to do about it. */
export function Changed({ before, now, onReload, onKeep }: ChangedProps) {
  const [was, is] = [shown(before), shown(now)];
  const changes = Object.keys(NAMES).filter((name) => (was[name] || null) !== (is[name] || null));

  return (
    <div className={styles.changed}>
      <h3>The referral has changed since you opened it</h3>
      {changes.length === 0 ? (
        <p className={styles.about}>None of the fields in this form; something else of it.</p>
      ) : (
        <table className={styles.changes}>
          <caption className="unseen">What has changed</caption>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">When you opened it</th>
              <th scope="col">Now</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((name) => (
              <tr key={name}>
                <th scope="row">{NAMES[name]}</th>
                <td>{was[name] ? String(was[name]) : <None />}</td>
                <td>{is[name] ? String(is[name]) : <None />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className={styles.choices}>
        <Button size="xs" onClick={onReload}>
          Reload, and drop my changes
        </Button>
        <Button size="xs" variant="default" onClick={onKeep}>
          Keep my changes and save
        </Button>
      </div>
    </div>
  );
}
