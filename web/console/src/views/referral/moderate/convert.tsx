import { atMost } from "../../../components/form/checks";
import { AreaField, ChoiceField, TextField } from "../../../components/form/fields";
import { problemsBelow, useForm } from "../../../components/form/form";
import { Group } from "../../../components/form/groups";
import { filledIn, valueAt } from "../../../components/form/values";
import { humanize } from "../../../format/words";
import {
  type AmountStructure,
  ConvertReferralDocument,
  type ConvertReferralInput,
  type ConvertReferralMutation,
} from "../../../graphql/generated/graphql";
import { announce } from "../../operations/announce";
import { useWrite } from "../../operations/use-write";
import { WriteForm } from "../../operations/write-form";
import { FeePreview } from "../fee-preview";
import type { Referral } from "../referral";

const STRUCTURES: AmountStructure[] = ["ONE_TIME", "MONTHLY", "ANNUAL", "CUSTOM"];

const FEES = [
  { value: "yes", label: "At once" },
  { value: "no", label: "Later" },
];

/** A referral becomes a finance deal (Introzy), after a look at what that would cost. */
export function Convert({ referral, onClose }: { referral: Referral; onClose: () => void }) {
  const { id, vendor, name } = referral;
  const form = useForm({ dealName: name ?? "" });
  const write = useWrite({
    document: ConvertReferralDocument,
    about: { kind: "convertReferral", vendor, referralId: id },
    payloadOf: (data: ConvertReferralMutation) => data.convertReferral,
    onRefused: ({ userErrors }) => form.refuse(problemsBelow(userErrors, "input")),
    onDone: ({ deal }) => {
      announce(deal?.name ? `The deal "${deal.name}" was made.` : "The deal was made.");
      onClose();
    },
  });

  const submit = () => {
    const fees = valueAt(form.values, "_fees");
    const fields = filledIn(form.values) as Partial<ConvertReferralInput> | undefined;
    write.send({ ...fields, referralId: id, ...(fees ? { triggerFeeCalculation: fees === "yes" } : {}) });
  };

  return (
    <>
      <FeePreview referral={referral} title="What it would cost" />
      <WriteForm
        write={write}
        form={form}
        label="Turn into a deal"
        submit="Turn into a deal"
        onSubmit={submit}
        onDismiss={onClose}
      >
        <Group title="Deal" hint="Cannot be undone from here.">
          <TextField path="dealName" label="Name" check={atMost(200)} isWide />
          <AreaField path="dealDescription" label="Description" check={atMost(1_000)} />
          <ChoiceField
            path="amountStructure"
            label="How it is paid"
            choices={STRUCTURES.map((value) => ({ value, label: humanize(value) }))}
            none="As Introzy has it"
          />
          <ChoiceField path="_fees" label="Work out fees" choices={FEES} none="As Introzy has it" />
          <TextField path="periodStart" label="First day" type="date" />
          <TextField path="periodEnd" label="Last day" type="date" />
        </Group>
      </WriteForm>
    </>
  );
}
