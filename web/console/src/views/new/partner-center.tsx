import { useSearchParams } from "wouter";
import { atMost, countryCode, currencyCode, zeroOrMore } from "../../components/form/checks";
import { AreaField, CheckField, ChoiceField, DayField, TextField } from "../../components/form/fields";
import { useForm } from "../../components/form/form";
import { Group, Items } from "../../components/form/groups";
import { MemberFields, TargetFields } from "../../components/form/partner-center";
import { valueAt } from "../../components/form/values";
import { humanize } from "../../format/words";
import type {
  PartnerCenterAssistanceRequest,
  PartnerCenterCompanySize,
  PartnerCenterQualification,
  PartnerCenterReferralType,
} from "../../graphql/generated/graphql";
import { VendorForm } from "./vendor-form";
import styles from "./new.module.css";

const TYPES: { value: PartnerCenterReferralType; label: string }[] = [
  { value: "INDEPENDENT", label: "Independent: one partner sees it" },
  { value: "SHARED", label: "Shared: two parties work on it" },
];

const QUALIFICATIONS: PartnerCenterQualification[] = ["DIRECT", "MARKETING_QUALIFIED", "SALES_QUALIFIED", "NONE"];

const SIZES: { value: PartnerCenterCompanySize; label: string }[] = [
  { value: "EMPLOYEES_1_TO_9", label: "1 to 9" },
  { value: "EMPLOYEES_10_TO_50", label: "10 to 50" },
  { value: "EMPLOYEES_51_TO_250", label: "51 to 250" },
  { value: "EMPLOYEES_251_TO_1000", label: "251 to 1,000" },
  { value: "EMPLOYEES_1001_TO_5000", label: "1,001 to 5,000" },
  { value: "EMPLOYEES_5001_TO_10000", label: "5,001 to 10,000" },
  { value: "EMPLOYEES_10001_TO_20000", label: "10,001 to 20,000" },
  { value: "EMPLOYEES_MORE_THAN_20000", label: "More than 20,000" },
];

const HELP: PartnerCenterAssistanceRequest[] = [
  "GENERAL_OR_OTHER",
  "CUSTOMER_TECHNICAL_ARCHITECTURE",
  "PROOF_OF_CONCEPT_OR_DEMO",
  "QUOTES_OR_LICENSING",
  "POST_SALES_CUSTOMER_SUCCESS",
  "WORKLOAD_SPECIFIC_VALUE_PROPOSITION",
];

const named = <Value extends string>(values: readonly Value[]) =>
  values.map((value) => ({ value, label: humanize(value) }));

/** Partner Center: a lead, or a co-sell deal. */
export function PartnerCenterForm() {
  const [search] = useSearchParams();
  const form = useForm({
    type: "INDEPENDENT",
    engagementId: search.get("engagement") ?? "",
    // Both must be said, and nobody agreed to anything before it is ticked.
    consent: { consentToContact: false, consentToShareInfoWithOthers: false },
  });
  const isShared = valueAt(form.values, "type") === "SHARED";

  return (
    <VendorForm vendor="PARTNER_CENTER" form={form} needed={{ details: {} }}>
      <Group title="Deal">
        <ChoiceField path="type" label="Type" choices={TYPES} isRequired />
        <ChoiceField path="qualification" label="Qualification" choices={named(QUALIFICATIONS)} none="Not told" />
        <TextField path="name" label="Name" check={atMost(500)} isWide />
        <TextField path="details.dealValue" label="Value" inputMode="decimal" hint="Only with a currency" check={zeroOrMore} />
        <TextField path="details.currency" label="Currency" placeholder="USD" hint="Three letters" check={currencyCode} />
        <DayField path="details.closingDate" label="Closing date" />
        <TextField path="externalReference" label="Your own reference" check={atMost(200)} />
        <AreaField path="details.notes" label="Notes" check={atMost(10_000)} />
      </Group>
      <Group title="Customer">
        <TextField path="customerProfile.name" label="Company" check={atMost(500)} isRequired />
        <ChoiceField path="customerProfile.size" label="Employees" choices={SIZES} none="Not told" />
        <TextField path="customerProfile.address.addressLine1" label="Street" check={atMost(500)} />
        <TextField path="customerProfile.address.addressLine2" label="Street, continued" check={atMost(500)} />
        <TextField path="customerProfile.address.postalCode" label="Postal code" check={atMost(500)} />
        <TextField path="customerProfile.address.city" label="City" check={atMost(500)} />
        <TextField path="customerProfile.address.state" label="State" check={atMost(500)} />
        <TextField
          path="customerProfile.address.country"
          label="Country"
          placeholder="US"
          hint="Two letters"
          check={countryCode}
          isRequired
        />
      </Group>
      <Items path="customerProfile.team" title="The customer's people" one="Person" most={50} hint="A co-sell deal needs at least one.">
        {(path) => <MemberFields path={path} />}
      </Items>
      <Group title="The customer agreed">
        <CheckField path="consent.consentToContact" label="to be contacted" />
        <CheckField
          path="consent.consentToShareInfoWithOthers"
          label="that what is known of the customer is shared with others"
        />
        <CheckField
          path="consent.consentToShareReferralWithMicrosoftSellers"
          label="that Microsoft's sellers see the referral"
          hint="Cannot be undone."
        />
      </Group>
      {isShared && (
        <Group title="Share with" hint="Also makes the connected referral for this party, in the same engagement.">
          <TargetFields path="shareWith" />
        </Group>
      )}
      <details className={styles.more}>
        <summary>Team, solutions, targets, invitation</summary>
        <div className={styles.moreFields}>
          <Items path="team" title="Your own people" one="Person" most={50}>
            {(path) => <MemberFields path={path} />}
          </Items>
          <Items path="details.requirements.solutions" title="Solutions" one="Solution" most={50} hint="A co-sell deal needs at least one.">
            {(path) => (
              <>
                <TextField path={`${path}.id`} label="Id" hint="Such as SOL-12345-ABC, or of a category" isRequired />
                <TextField path={`${path}.name`} label="Name" />
                <ChoiceField path={`${path}.type`} label="Named by" choices={named(["CATEGORY", "NAME"])} none="Not told" />
              </>
            )}
          </Items>
          <Items path="target" title="Addressed to" one="Target" most={50}>
            {(path) => <TargetFields path={path} isRequired />}
          </Items>
          <Group title="Invitation">
            <ChoiceField path="inviteContext.assistanceRequest" label="Help asked of Microsoft" choices={named(HELP)} none="None" />
            <TextField path="inviteContext.invitedMpnId" label="Invited partner's MPN id" />
            <AreaField path="inviteContext.notes" label="Words of the invitation" check={atMost(10_000)} />
            <TextField
              path="engagementId"
              label="Engagement to join"
              hint="Its id, for the second referral of a shared one"
              isWide
            />
          </Group>
        </div>
      </details>
    </VendorForm>
  );
}
