import { atMost } from "../../../components/form/checks";
import { AreaField, ChoiceField } from "../../../components/form/fields";
import { problemsBelow, useForm } from "../../../components/form/form";
import { filledIn } from "../../../components/form/values";
import { referralTitle } from "../../../components/referral-title";
import { vendorName } from "../../../format/words";
import type { Decision, ModerationDecision, ModerationSide } from "../../../graphql/generated/graphql";
import { announce } from "../../operations/announce";
import { WriteForm } from "../../operations/write-form";
import type { Referral } from "../referral";
import { useDecisions } from "./use-decisions";
import { decidedName, decisionName } from "./words";
import styles from "./moderate.module.css";

const SIDES: { value: ModerationSide; label: string }[] = [
  { value: "BOTH", label: "Both" },
  { value: "REFERRER", label: "The referrer's" },
  { value: "REFERRED", label: "The referred one's" },
];

interface DecideProps {
  referral: Referral;
  decision: Decision;
  onClose: () => void;
}

/** One decision about one referral, in two steps: what it means, and that it is meant. */
export function Decide({ referral, decision, onClose }: DecideProps) {
  const { id, vendor } = referral;
  const form = useForm({ side: "BOTH" });
  const word = decisionName(decision, vendor);
  const hasSides = vendor === "SAASQUATCH";
  // As the schema has it: Plannr wants to know why, SaaSquatch is not told.
  const needsReason = vendor === "PLANNR" && decision === "DENY";

  const write = useDecisions({
    about: { vendor, referralId: id },
    onRefused: ({ results, userErrors }) =>
      form.refuse([
        ...problemsBelow(userErrors, "input.decisions.0"),
        ...results.flatMap((one) => problemsBelow(one.userErrors, "input.decisions.0")),
      ]),
    onDone: ({ results }) => {
      const wasSo = results[0]?.outcome === "ALREADY_APPLIED";
      announce(wasSo ? "It was so before. Nothing was changed." : `${decidedName(decision, vendor)}.`);
      onClose();
    },
  });

  const submit = () => {
    const fields = filledIn(form.values) as Partial<ModerationDecision>;
    write.send({ decisions: [{ side: "BOTH", ...fields, referralId: id, decision }] });
  };

  return (
    <WriteForm
      write={write}
      form={form}
      label={`${word} this referral`}
      submit={word}
      isDangerous={decision === "DENY"}
      onSubmit={submit}
      onDismiss={onClose}
    >
      <p className={styles.about}>
        {referralTitle(referral)} · {vendorName(vendor)}
      </p>
      {hasSides && <ChoiceField path="side" label="Whose side" choices={SIDES} isRequired />}
      {!hasSides && (
        <AreaField
          path="reason"
          label="Reason"
          hint={needsReason ? "The sender is told." : "A remark, kept with the referral."}
          check={atMost(2_000)}
          isRequired={needsReason}
        />
      )}
    </WriteForm>
  );
}
