import { Button } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "../../../components/dialog";
import { uuid } from "../../../components/form/checks";
import { ChoiceField, TextField } from "../../../components/form/fields";
import { type FormState, problemsBelow, useForm } from "../../../components/form/form";
import { Group } from "../../../components/form/groups";
import { MemberFields } from "../../../components/form/partner-center";
import { PersonField } from "../../../components/form/people";
import { filledIn, valueAt } from "../../../components/form/values";
import { humanize, roleName } from "../../../format/words";
import {
  AddFacilitatorDocument,
  type AddFacilitatorInput,
  type AddFacilitatorMutation,
  type FacilitatorRole,
  type FacilitatorSide,
} from "../../../graphql/generated/graphql";
import { announce } from "../../operations/announce";
import { useWrite } from "../../operations/use-write";
import { WriteForm } from "../../operations/write-form";
import type { Referral } from "../referral";

/** A button that asks for another facilitator, where the referral accepts one. */
export function AddFacilitator({ referral }: { referral: Referral }) {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  if (!referral.allowedActions.includes("ADD_FACILITATOR")) return null;
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setOpen(true)}>
        Add facilitator
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Add a facilitator">
        <AddForm referral={referral} onClose={close} />
      </Dialog>
    </>
  );
}

function AddForm({ referral: { id, vendor }, onClose }: { referral: Referral; onClose: () => void }) {
  const isIntrozy = vendor === "INTROZY";
  const form = useForm(isIntrozy ? { _kind: "user", role: "FACILITATOR" } : { role: "TEAM_MEMBER" });
  const write = useWrite({
    document: AddFacilitatorDocument,
    about: { kind: "addFacilitator", vendor, referralId: id },
    payloadOf: (data: AddFacilitatorMutation) => data.addFacilitator,
    onRefused: ({ userErrors }) => form.refuse(problemsBelow(userErrors, "input")),
    onDone: ({ outcome }) => {
      announce(outcome === "APPLIED" ? "Facilitator added." : "They are a facilitator already.");
      onClose();
    },
  });

  const submit = () => {
    // The fields are those of the input, with one party: the form shows one kind at a time.
    const { role, side, party } = filledIn(form.values) as unknown as AddFacilitatorInput;
    write.send({ referralId: id, role, side, party });
  };

  return (
    <WriteForm write={write} form={form} label="Add a facilitator" submit="Add" onSubmit={submit} onDismiss={onClose}>
      {isIntrozy ? (
        <IntrozyFields form={form} />
      ) : (
        <Group title="Who" hint="Team members are told apart by their e-mail addresses.">
          <MemberFields path="party.teamMember" />
        </Group>
      )}
    </WriteForm>
  );
}

const ROLES: FacilitatorRole[] = ["FACILITATOR", "CONNECTOR", "REFERRAL_SOURCE"];
const SIDES: FacilitatorSide[] = ["SEEKER", "PROVIDER"];
const PARTIES = [
  { value: "user", label: "A person" },
  { value: "company", label: "A company" },
];

function IntrozyFields({ form }: { form: FormState }) {
  const isCompany = valueAt(form.values, "_kind") === "company";
  // A company cannot be a connector.
  const roles = isCompany ? ROLES.filter((role) => role !== "CONNECTOR") : ROLES;
  return (
    <Group title="Who">
      <ChoiceField
        path="_kind"
        label="Person or company"
        choices={PARTIES}
        onChange={() => form.set("party", undefined)}
        isRequired
        isWide
      />
      {isCompany ? (
        <TextField path="party.companyId" label="Company" hint="Its id at Introzy" check={uuid} isRequired isWide />
      ) : (
        <PersonField vendor="INTROZY" path="party.userId" label="Person" isRequired isWide />
      )}
      <ChoiceField
        path="role"
        label="Role"
        choices={roles.map((value) => ({ value, label: roleName(value) }))}
        isRequired
      />
      <ChoiceField
        path="side"
        label="On whose side"
        choices={SIDES.map((value) => ({ value, label: humanize(value) }))}
        none="Neither"
      />
    </Group>
  );
}
