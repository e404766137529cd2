import { useQuery } from "urql";
import { atMost } from "../../components/form/checks";
import { AreaField, ChoiceField, TextField } from "../../components/form/fields";
import { ChoicesField } from "../../components/form/choices";
import { useForm } from "../../components/form/form";
import { Group } from "../../components/form/groups";
import { PeopleField } from "../../components/form/people";
import { partyName } from "../../components/party";
import { humanize } from "../../format/words";
import {
  AcceptedConnectionsDocument,
  type AcceptedConnectionsQuery,
  type AdviceType,
  type PartyNameFragment,
  type SharedDataCategory,
} from "../../graphql/generated/graphql";
import { RequestConnection } from "./request-connection";
import { VendorForm } from "./vendor-form";
import styles from "./new.module.css";

const ADVICE: AdviceType[] = ["INVESTMENTS", "PROTECTION", "MORTGAGES", "ESTATE_PLANNING", "PENSIONS", "TAX", "OTHER"];

const MONTHS = [1, 2, 3, 6].map((count) => ({ value: String(count), label: count === 1 ? "1 month" : `${count} months` }));

const SHARED: SharedDataCategory[] = [
  "BASIC_DETAILS",
  "CONTACT_DETAILS",
  "INCOME",
  "EXPENDITURE",
  "DEPENDANTS",
  "INVESTMENTS_AND_PLANS",
  "PENSIONS",
  "LIABILITIES",
  "PROTECTION",
  "CASH_ACCOUNTS",
  "GOALS",
  "NOTES",
];

const named = <Value extends string>(values: readonly Value[]) =>
  values.map((value) => ({ value, label: humanize(value) }));

type Connection = AcceptedConnectionsQuery["connections"]["nodes"][number];

/** The firm at the other end, and who it is there. */
function otherEnd({ direction, sender, recipient }: Connection): string {
  const other = direction === "RECEIVED" ? sender : recipient;
  return other ? withFirm(other) : "A connection without names";
}

function withFirm(party: PartyNameFragment): string {
  const firm = party.__typename === "Person" ? party.organization?.name : null;
  return firm ? `${firm} · ${partyName(party)}` : partyName(party);
}

/** Plannr: clients are passed to the adviser at the other end of a connection. */
export function PlannrForm() {
  const form = useForm();
  const [{ data, fetching }] = useQuery({ query: AcceptedConnectionsDocument });
  const failed = data?.connections.sources.find(({ status }) => status !== "OK" && status !== "STALE");
  const choices = data?.connections.nodes.map((connection) => ({ value: connection.id, label: otherEnd(connection) }));

  return (
    <>
      <VendorForm vendor="PLANNR" form={form}>
        <p className={styles.note}>Plannr has no way to take a referral back.</p>
        <Group title="Who and where to">
          <ChoiceField
            path="connectionId"
            label="Connection"
            hint={failed?.message ?? "The firms that accepted a connection"}
            choices={choices ?? []}
            none={fetching ? "Loading…" : "Choose…"}
            isRequired
            isWide
          />
          <PeopleField vendor="PLANNR" path="clientIds" label="Clients" hint="Client accounts of your own firm" isRequired />
        </Group>
        <Group title="What they want advice on">
          <ChoiceField path="adviceType" label="Advice" choices={named(ADVICE)} isRequired />
          <ChoiceField path="durationMonths" label="Duration" choices={MONTHS} none="For life" isNumber />
          <TextField path="slaDeadline" label="Deadline" hint="By when the recipient is to act" type="date" />
          <AreaField path="note" label="Note to the recipient" check={atMost(10_000)} />
        </Group>
        <ChoicesField
          path="sharedData"
          title="Data that the recipient gets"
          hint="Nothing of the clients' data unless it is ticked."
          choices={named(SHARED)}
        />
      </VendorForm>
      <RequestConnection />
    </>
  );
}
