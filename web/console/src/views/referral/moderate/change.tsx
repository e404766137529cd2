import { useState } from "react";
import { useQuery } from "urql";
import { atMost, currencyCode, zeroOrMore } from "../../../components/form/checks";
import { AreaField, CheckField, ChoiceField, DayField, TextField } from "../../../components/form/fields";
import { problemsBelow, useForm } from "../../../components/form/form";
import { Group } from "../../../components/form/groups";
import { valueAt } from "../../../components/form/values";
import { Lines } from "../../../components/loading";
import { Failed } from "../../../components/notice";
import {
  type ChangeableFragment,
  type PartnerCenterStatus,
  ReferralChangeableDocument,
  UpdateReferralDocument,
  type UpdateReferralMutation,
} from "../../../graphql/generated/graphql";
import { announce } from "../../operations/announce";
import { useWrite } from "../../operations/use-write";
import { WriteForm } from "../../operations/write-form";
import { Changed } from "./changed";
import { fieldsOf, nextStatuses, patchOf } from "./patch";

/** Fields of a Partner Center referral changed, on top of the version that the reader has before them. */
export function Change({ id, onClose }: { id: string; onClose: () => void }) {
  const [{ data, error }] = useQuery({ query: ReferralChangeableDocument, variables: { id } });
  // What the form begins with stays, whatever is read meanwhile: the version is the one that the reader saw.
  const [base, setBase] = useState<ChangeableFragment | null>(null);
  if (!base && data?.referral) setBase(data.referral);

  if (error && !base) return <Failed error={error} />;
  if (!base) return <Lines about="Loading what can be changed…" />;
  return <ChangeForm key={base.version} base={base} onRebase={setBase} onClose={onClose} />;
}

interface ChangeFormProps {
  base: ChangeableFragment;
  /** Begins anew with the referral as it is now. */
  onRebase: (base: ChangeableFragment) => void;
  onClose: () => void;
}

function ChangeForm({ base, onRebase, onClose }: ChangeFormProps) {
  const [expected, setExpected] = useState(base);
  const [now, setNow] = useState<ChangeableFragment | null>(null);
  const before = fieldsOf(base);
  const form = useForm(before);

  const write = useWrite({
    document: UpdateReferralDocument,
    about: { kind: "updateReferral", vendor: "PARTNER_CENTER", referralId: base.id },
    payloadOf: (data: UpdateReferralMutation) => data.updateReferral,
    onRefused: ({ userErrors, referral }) => {
      const isMismatch = userErrors.some(({ code }) => code === "VERSION_MISMATCH");
      setNow(isMismatch && referral ? referral : null);
      form.refuse(problemsBelow(userErrors, "input.partnerCenter"));
    },
    onDone: ({ outcome }) => {
      announce(outcome === "APPLIED" ? "Changed." : "It was so before. Nothing was changed.");
      onClose();
    },
  });

  const send = (version: string | null) =>
    write.send({ id: base.id, expectedVersion: version, partnerCenter: patchOf(before, form.values) });

  const submit = () => {
    if (Object.keys(patchOf(before, form.values)).length === 0) {
      form.refuse([{ path: "", message: "Nothing has been changed yet." }]);
      return;
    }
    send(expected.version);
  };

  const keep = (current: ChangeableFragment) => {
    setExpected(current);
    setNow(null);
    form.refuse([]);
    send(current.version);
  };

  const status = base.details.__typename === "PartnerCenterReferral" ? base.details.status : null;
  return (
    <WriteForm
      write={write}
      form={form}
      label="Change this referral"
      submit="Save changes"
      onSubmit={submit}
      onDismiss={onClose}
    >
      {now && <Changed before={expected} now={now} onReload={() => onRebase(now)} onKeep={() => keep(now)} />}
      <Group title="Where it stands">
        <ChoiceField
          path="_standing"
          label="Status"
          choices={nextStatuses(status as PartnerCenterStatus | null)}
          none={`As it is: ${base.vendorStatus ?? "not told"}`}
        />
        <TextField path="salesStage" label="Sales stage" check={atMost(200)} />
        <AreaField path="statusReason" label="Remark about the status" check={atMost(2_000)} />
      </Group>
      <Group title="Deal">
        <TextField path="dealValue" label="Value" inputMode="decimal" check={zeroOrMore} />
        <TextField path="currency" label="Currency" hint="Three letters" check={currencyCode} />
        <DayField path="closingDate" label="Closing date" />
        <TextField path="externalReference" label="Your own reference" check={atMost(200)} />
        <TextField path="campaignId" label="Campaign" check={atMost(200)} />
        <TextField path="referralProgram" label="Referral program" check={atMost(200)} />
        <AreaField path="notes" label="Notes" check={atMost(10_000)} />
        {valueAt(before, "consentToShareReferralWithMicrosoftSellers") !== true && (
          <CheckField
            path="consentToShareReferralWithMicrosoftSellers"
            label="Microsoft's sellers may see it"
            hint="Cannot be undone."
          />
        )}
      </Group>
    </WriteForm>
  );
}
