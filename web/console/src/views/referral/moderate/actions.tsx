import { Button } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "../../../components/dialog";
import type { ReferralAction } from "../../../graphql/generated/graphql";
import { OpenWrites } from "../../operations/outcome";
import type { Referral } from "../referral";
import { Change } from "./change";
import { Convert } from "./convert";
import { Decide } from "./decide";
import { Share } from "./share";
import { decisionName } from "./words";
import styles from "./moderate.module.css";

type Opened = Extract<ReferralAction, "APPROVE" | "DENY" | "UPDATE" | "SHARE" | "CONVERT">;

const ORDER: Opened[] = ["APPROVE", "DENY", "UPDATE", "SHARE", "CONVERT"];

function nameOf(action: Opened, { vendor }: Referral): string {
  if (action === "APPROVE" || action === "DENY") return decisionName(action, vendor);
  return { UPDATE: "Change", SHARE: "Share", CONVERT: "Turn into a deal" }[action];
}

/** What the referral accepts now, as buttons, and what became of what was done before. */
export function Actions({ referral }: { referral: Referral }) {
  const [action, setAction] = useState<Opened | null>(null);
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);

  return (
    <>
      <OpenWrites
        kinds={[
          "moderateReferrals",
          "updateReferral",
          "shareReferral",
          "convertReferral",
          "addNote",
          "addFacilitator",
          "removeFacilitator",
        ]}
        referralId={referral.id}
      />
      <div className={styles.actions}>
        {ORDER.filter((one) => referral.allowedActions.includes(one)).map((one) => (
          <Button
            key={one}
            size="xs"
            variant={one === "APPROVE" ? "filled" : "default"}
            onClick={() => {
              setAction(one);
              setOpen(true);
            }}
          >
            {nameOf(one, referral)}
          </Button>
        ))}
      </div>
      {action && (
        <Dialog
          isOpen={isOpen}
          onClose={close}
          title={`${nameOf(action, referral)}${action === "CONVERT" ? "" : " this referral"}`}
          size={action === "UPDATE" || action === "CONVERT" ? "lg" : "md"}
        >
          {action === "APPROVE" || action === "DENY" ? (
            <Decide referral={referral} decision={action} onClose={close} />
          ) : action === "UPDATE" ? (
            <Change id={referral.id} onClose={close} />
          ) : action === "SHARE" ? (
            <Share referral={referral} onClose={close} />
          ) : (
            <Convert referral={referral} onClose={close} />
          )}
        </Dialog>
      )}
    </>
  );
}
