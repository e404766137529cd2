import { Loader, MultiSelect, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useQuery } from "urql";
import { PeopleDocument, type PeopleQuery, type Vendor } from "../../graphql/generated/graphql";
import { describe } from "../../graphql/failure";
import { type FieldProps, ORDER, useField } from "./fields";
import styles from "./form.module.css";

export type Found = NonNullable<PeopleQuery["people"]>[number];

const PAUSE_MS = 250;

/** A name says too little where there are two of them. */
function labelOf({ name, email, organization }: Found): string {
  const parts = [name, organization?.name, email].filter((part) => part);
  return parts.length ? parts.join(" · ") : "Someone without a name";
}

/** The vendor's people with this name or address. */
function usePeople(vendor: Vendor, typed: string) {
  const [search] = useDebouncedValue(typed.trim(), PAUSE_MS);
  const [{ data, fetching, error }] = useQuery({
    query: PeopleDocument,
    variables: { vendor, search },
    pause: search.length < 2,
  });
  const isWaiting = typed.trim().length >= 2 && (fetching || search !== typed.trim());
  const found = search.length < 2 ? [] : (data?.people ?? []);
  const news = () => {
    if (search.length < 2 || search !== typed.trim()) return null;
    if (isWaiting) return "Searching…";
    if (error) return describe(error).title;
    return found.length === 0 ? "Nobody found" : null;
  };
  return { found: found.filter(({ remoteId }) => remoteId), isWaiting, news: news() };
}

interface PeopleFieldProps extends FieldProps {
  vendor: Vendor;
  onPick?: (person: Found) => void;
}

// The vendor has searched already: what it found is shown, whatever its reasons.
const asFound = <Option,>({ options }: { options: Option[] }) => options;

const asOption = (person: Found) => ({ value: person.remoteId ?? "", label: labelOf(person) });

/** Unlike names of different people would be taken for one by their ids alone. */
const distinct = (people: readonly Found[]) => [...new Map(people.map((person) => [person.remoteId, person])).values()];

/** Someone whom the vendor knows, found by name or e-mail address. */
export function PersonField({ vendor, onPick, ...props }: PeopleFieldProps) {
  const { id, text, set, error } = useField(props);
  const [typed, setTyped] = useState("");
  const [picked, setPicked] = useState<Found | null>(null);
  const { found, isWaiting, news } = usePeople(vendor, picked && typed === labelOf(picked) ? "" : typed);
  const known = distinct(picked ? [picked, ...found] : found);

  return (
    <Select
      id={id}
      className={props.isWide ? styles.wide : undefined}
      label={props.label}
      description={<Hint text={props.hint} news={news} />}
      inputWrapperOrder={ORDER}
      required={props.isRequired}
      placeholder="Name or e-mail address"
      error={error}
      data={known.map(asOption)}
      filter={asFound}
      value={text || null}
      onChange={(chosen) => {
        const person = known.find(({ remoteId }) => remoteId === chosen) ?? null;
        setPicked(person);
        set(chosen ?? "");
        if (person) onPick?.(person);
      }}
      searchable
      clearable
      searchValue={typed}
      onSearchChange={setTyped}
      rightSection={isWaiting ? <Loader size={14} /> : undefined}
      clearButtonProps={{ "aria-label": `Clear ${props.label}` }}
      comboboxProps={{ withinPortal: false }}
      autoComplete="off"
    />
  );
}

/** Several whom the vendor knows. */
export function PeopleField({ vendor, ...props }: PeopleFieldProps) {
  const { id, value, set, error } = useField(props);
  const [typed, setTyped] = useState("");
  const [picked, setPicked] = useState<readonly Found[]>([]);
  const { found, isWaiting, news } = usePeople(vendor, typed);
  const known = distinct([...picked, ...found]);

  return (
    <MultiSelect
      id={id}
      className={styles.wide}
      label={props.label}
      description={<Hint text={props.hint} news={news} />}
      inputWrapperOrder={ORDER}
      required={props.isRequired}
      placeholder="Name or e-mail address"
      error={error}
      data={known.map(asOption)}
      filter={asFound}
      value={(value as string[] | undefined) ?? []}
      onChange={(chosen) => {
        setPicked(known.filter(({ remoteId }) => remoteId && chosen.includes(remoteId)));
        set(chosen);
        setTyped("");
      }}
      searchable
      hidePickedOptions
      searchValue={typed}
      onSearchChange={setTyped}
      rightSection={isWaiting ? <Loader size={14} /> : undefined}
      comboboxProps={{ withinPortal: false }}
      autoComplete="off"
    />
  );
}

/** What the field is for, or what came of searching when there is nothing to choose. */
function Hint({ text, news }: { text?: string; news: string | null }) {
  return <span role="status">{news ?? text}</span>;
}
