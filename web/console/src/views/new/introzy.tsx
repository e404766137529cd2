import { atMost, currencyCode, uuid, zeroOrMore } from "../../components/form/checks";
import { AreaField, TextField } from "../../components/form/fields";
import { useForm } from "../../components/form/form";
import { Group } from "../../components/form/groups";
import { PersonField } from "../../components/form/people";
import { VendorForm } from "./vendor-form";

/** Introzy: someone introduces two people to each other. */
export function IntrozyForm() {
  const form = useForm();
  return (
    <VendorForm vendor="INTROZY" form={form}>
      <Group title="People" hint="Introzy takes one referral for each two people.">
        <PersonField vendor="INTROZY" path="seekerId" label="Seeker" hint="Who looks for a solution" isRequired />
        <PersonField vendor="INTROZY" path="providerId" label="Provider" hint="Who offers one" isRequired />
        <PersonField
          vendor="INTROZY"
          path="connectorId"
          label="Connector"
          hint="Who introduces them; the user of the gateway's key when left out"
          isWide
        />
      </Group>
      <Group title="What it is about">
        <TextField
          path="name"
          label="Name"
          hint="Introzy makes one of the two names when left out"
          check={atMost(200)}
          isWide
        />
        <AreaField path="description" label="Description" check={atMost(1_000)} />
        <TextField path="expectedValue" label="Expected value" inputMode="decimal" check={zeroOrMore} />
        <TextField path="currency" label="Currency" placeholder="USD" check={currencyCode} />
        <TextField path="productId" label="Product" hint="Its id at Introzy" check={uuid} isWide />
      </Group>
    </VendorForm>
  );
}
