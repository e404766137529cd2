import { useLocation } from "wouter";
import { problemsBelow, useForm } from "../../../components/form/form";
import { Group } from "../../../components/form/groups";
import { TargetFields } from "../../../components/form/partner-center";
import { filledIn } from "../../../components/form/values";
import {
  type ReferralTargetInput,
  ShareReferralDocument,
  type ShareReferralMutation,
} from "../../../graphql/generated/graphql";
import { announce } from "../../operations/announce";
import { useWrite } from "../../operations/use-write";
import { WriteForm } from "../../operations/write-form";
import type { Referral } from "../referral";

/** The connected referral for a second party, in the same engagement (Partner Center). */
export function Share({ referral: { id, vendor }, onClose }: { referral: Referral; onClose: () => void }) {
  const [, go] = useLocation();
  const form = useForm();
  const write = useWrite({
    document: ShareReferralDocument,
    about: { kind: "shareReferral", vendor, referralId: id },
    payloadOf: (data: ShareReferralMutation) => data.shareReferral,
    onRefused: ({ userErrors }) => form.refuse(problemsBelow(userErrors, "input")),
    onDone: ({ referral }) => {
      announce("Shared. This is the connected referral.");
      onClose();
      if (referral) go(`/referrals/${referral.id}`);
    },
  });

  const submit = () => {
    const { target } = filledIn(form.values) as { target: ReferralTargetInput };
    write.send({ referralId: id, target });
  };

  return (
    <WriteForm write={write} form={form} label="Share this referral" submit="Share" onSubmit={submit} onDismiss={onClose}>
      <Group title="With whom" hint="A connected referral is made for them in the same engagement.">
        <TargetFields path="target" isRequired />
      </Group>
    </WriteForm>
  );
}
