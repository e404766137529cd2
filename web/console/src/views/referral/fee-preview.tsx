import { Facts } from "../../components/facts";
import { Panel } from "../../components/panel";
import { formatDecimal } from "../../format/money";
import { type ReferralFeePreviewQuery, ReferralFeePreviewDocument } from "../../graphql/generated/graphql";
import type { Referral } from "./referral";
import styles from "./referral.module.css";

function previewOf({ referral }: ReferralFeePreviewQuery) {
  return referral?.details.__typename === "IntrozyReferral" ? referral.details.feePreview : null;
}

/** What turning it into a deal would cost (Introzy). */
export function FeePreview({ referral, title = "Fee preview" }: { referral: Referral; title?: string }) {
  if (referral.details.__typename !== "IntrozyReferral") return null;
  return (
    <Panel title={title} query={ReferralFeePreviewDocument} variables={{ id: referral.id }} pick={previewOf}>
      {(preview) =>
        preview.isConverted ? (
          <p className={styles.description}>{preview.message ?? "It has been turned into a deal already."}</p>
        ) : (
          <>
            <Facts
              facts={[
                ["Deal value", preview.dealValue && formatDecimal(preview.dealValue)],
                ["Expected value", preview.expectedValue && formatDecimal(preview.expectedValue)],
                ["Fee chains", preview.estimatedChainCount?.toString()],
                ["Facilitators", preview.facilitatorCount?.toString()],
              ]}
            />
            {preview.feePlans !== null && (
              <details>
                <summary>Fee plans</summary>
                <pre className={styles.raw} tabIndex={0}>
                  {JSON.stringify(preview.feePlans, null, 2)}
                </pre>
              </details>
            )}
          </>
        )
      }
    </Panel>
  );
}
