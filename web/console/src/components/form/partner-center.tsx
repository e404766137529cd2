import { humanize } from "../../format/words";
import type { PartnerCenterTargetType } from "../../graphql/generated/graphql";
import { atMost, email } from "./checks";
import { ChoiceField, TextField } from "./fields";

// Inputs of Partner Center that several mutations share.

/** `TeamMemberInput` at this path. */
export function MemberFields({ path }: { path: string }) {
  return (
    <>
      <TextField path={`${path}.firstName`} label="Given name" check={atMost(200)} isRequired />
      <TextField path={`${path}.lastName`} label="Family name" check={atMost(200)} isRequired />
      <TextField path={`${path}.email`} label="E-mail address" type="email" check={email} isRequired />
      <TextField path={`${path}.phoneNumber`} label="Telephone" type="tel" check={atMost(50)} />
      <TextField path={`${path}.title`} label="Title" hint="What they are there" check={atMost(200)} isWide />
    </>
  );
}

const TARGET_TYPES: PartnerCenterTargetType[] = ["BUSINESS_PROFILE_LOCATION", "SOLUTION_PROFILE"];

/** `ReferralTargetInput` at this path. */
export function TargetFields({ path, isRequired }: { path: string; isRequired?: boolean }) {
  return (
    <>
      <ChoiceField
        path={`${path}.type`}
        label="Kind of target"
        choices={TARGET_TYPES.map((value) => ({ value, label: humanize(value) }))}
        none={isRequired ? "Choose…" : "Nobody"}
        isRequired={isRequired}
      />
      <TextField
        path={`${path}.id`}
        label="Id of the target"
        hint="A solution such as SOL-12345-ABC, or a location; msft is Microsoft itself"
        isRequired={isRequired}
      />
    </>
  );
}
