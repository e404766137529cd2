import { Button } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "../../../components/dialog";
import { problemsBelow, useForm } from "../../../components/form/form";
import {
  RemoveFacilitatorDocument,
  type RemoveFacilitatorMutation,
} from "../../../graphql/generated/graphql";
import { announce } from "../../operations/announce";
import { useWrite } from "../../operations/use-write";
import { WriteForm } from "../../operations/write-form";
import type { Referral } from "../referral";

interface RemoveProps {
  referral: Referral;
  facilitatorId: string;
  /** Whom it is about. */
  name: string;
}

/** A button that takes a facilitator away, once it is confirmed. */
export function RemoveFacilitator({ referral, facilitatorId, name }: RemoveProps) {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  if (!referral.allowedActions.includes("REMOVE_FACILITATOR")) return null;
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        aria-label={`Remove ${name}`}
        onClick={() => setOpen(true)}
      >
        Remove
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Remove a facilitator">
        <RemoveForm referral={referral} facilitatorId={facilitatorId} name={name} onClose={close} />
      </Dialog>
    </>
  );
}

function RemoveForm({ referral, facilitatorId, name, onClose }: RemoveProps & { onClose: () => void }) {
  const form = useForm();
  const write = useWrite({
    document: RemoveFacilitatorDocument,
    about: { kind: "removeFacilitator", vendor: referral.vendor, referralId: referral.id },
    payloadOf: (data: RemoveFacilitatorMutation) => data.removeFacilitator,
    onRefused: ({ userErrors }) => form.refuse(problemsBelow(userErrors, "input")),
    onDone: () => {
      announce(`${name} is no facilitator of this referral any more.`);
      onClose();
    },
  });

  return (
    <WriteForm
      write={write}
      form={form}
      label={`Remove ${name}`}
      submit="Remove"
      isDangerous
      onSubmit={() => write.send({ facilitatorId })}
      onDismiss={onClose}
      aside={
        <Button variant="default" onClick={onClose}>
          Keep
        </Button>
      }
    >
      <p style={{ margin: 0 }}>
        Take <strong>{name}</strong> from this referral?
      </p>
    </WriteForm>
  );
}
