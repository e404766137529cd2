import { Autocomplete } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "urql";
import { atMost, countryCode, email } from "../../components/form/checks";
import { type FieldProps, ORDER, TextField, useField } from "../../components/form/fields";
import { useForm } from "../../components/form/form";
import { Group } from "../../components/form/groups";
import { type Found, PersonField } from "../../components/form/people";
import { partyName } from "../../components/party";
import { ReferralCodesDocument } from "../../graphql/generated/graphql";
import { VendorForm } from "./vendor-form";

const isLocale = (text: string) =>
  !text || /^[a-z]{2}_[A-Z]{2}$/.test(text) ? null : "A language and a country, such as en_US.";

/** SaaSquatch: a user is registered who comes with somebody's code. */
export function SaasquatchForm() {
  const form = useForm();

  const fill = (user: Found) => {
    const known = { userId: user.remoteId, email: user.email, firstName: user.firstName, lastName: user.lastName };
    for (const [path, value] of Object.entries(known)) if (value) form.set(path, value);
    // The usual case; where an account has several users, it is changed.
    if (user.remoteId) form.set("accountId", user.remoteId);
  };

  return (
    <VendorForm vendor="SAASQUATCH" form={form}>
      <Group title="Who refers">
        <CodeField path="referralCode" label="Referral code" hint="The code, or the referrer's name to find it" isRequired isWide />
      </Group>
      <Group title="Who is referred" hint="They are registered, or changed if SaaSquatch knows them. An account can be referred once.">
        <PersonField
          vendor="SAASQUATCH"
          path="_known"
          label="Known user"
          hint="Fills in the fields below; leave it empty for a new user"
          onPick={fill}
          isWide
        />
        <TextField path="accountId" label="Account" check={atMost(200)} isRequired />
        <TextField path="userId" label="User" hint="With impact.com the same as the account" check={atMost(200)} isRequired />
        <TextField path="email" label="E-mail address" type="email" check={email} isWide />
        <TextField path="firstName" label="Given name" check={atMost(200)} />
        <TextField path="lastName" label="Family name" check={atMost(200)} />
        <TextField path="locale" label="Locale" placeholder="en_US" check={isLocale} />
        <TextField path="countryCode" label="Country" placeholder="US" check={countryCode} />
      </Group>
    </VendorForm>
  );
}

/** A code, typed or found by who has it. */
function CodeField(props: FieldProps) {
  const { id, text, set, error } = useField({ ...props, check: atMost(100) });
  const [search] = useDebouncedValue(text.trim(), 250);
  const [{ data }] = useQuery({ query: ReferralCodesDocument, variables: { search }, pause: search.length < 2 });

  const holders = new Map<string, string>();
  for (const { details, referrer } of (search.length < 2 ? [] : data?.referrals.nodes) ?? []) {
    const code = details.__typename === "SaasquatchReferral" ? details.referralCodeUsed : null;
    if (code && referrer) holders.set(code, partyName(referrer));
  }

  return (
    <Autocomplete
      id={id}
      style={{ gridColumn: "1 / -1" }}
      label={props.label}
      description={props.hint}
      inputWrapperOrder={ORDER}
      required={props.isRequired}
      error={error}
      value={text}
      onChange={set}
      data={[...holders.keys()]}
      filter={({ options }) => options}
      comboboxProps={{ withinPortal: false }}
      renderOption={({ option }) => `${option.value} · ${holders.get(option.value) ?? ""}`}
      autoComplete="off"
    />
  );
}
