import { Moment } from "../../components/moment";
import { Panel } from "../../components/panel";
import { ReferralNotesDocument } from "../../graphql/generated/graphql";
import { useCapability } from "../../graphql/use-capability";
import { AddNote } from "./moderate/add-note";
import type { Referral } from "./referral";
import styles from "./referral.module.css";

// Introzy writes mentions as `[@Name](person:<id>)`.
const MENTION = /\[(@[^\]]+)\]\([a-z]+:[^)]*\)/g;

/** What was written about it, where the vendor keeps notes. */
export function Notes({ referral }: { referral: Referral }) {
  const { id, vendor } = referral;
  if (!useCapability(vendor, "NOTES")) return null;
  return (
    <Panel title="Notes" query={ReferralNotesDocument} variables={{ id }} pick={(data) => data.referral?.notes}>
      {({ nodes, totalCount }) => (
        <>
          <AddNote referral={referral} />
          {nodes.length === 0 && <p className={`${styles.plain} ${styles.quiet}`}>No notes yet.</p>}
          <ul className={`${styles.plain} ${styles.notes}`}>
            {nodes.map((note) => (
              <li key={note.remoteId}>
                <p className={styles.note}>{note.content.replace(MENTION, "$1")}</p>
                <span className={styles.time}>
                  <Moment at={note.createdAt} />
                </span>
              </li>
            ))}
          </ul>
          {totalCount !== null && totalCount > nodes.length && (
            <p className={styles.quiet}>The newest {nodes.length} of {totalCount} notes.</p>
          )}
        </>
      )}
    </Panel>
  );
}
