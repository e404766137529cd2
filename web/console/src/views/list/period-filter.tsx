import { NativeSelect, TextInput } from "@mantine/core";
import type { ReferralOrderField } from "../../graphql/generated/graphql";
import type { ListState, Period } from "./state";

interface PeriodFilterProps {
  state: ListState;
  onChange: (state: ListState) => void;
}

const DAYS = [
  { value: "7", label: "Last 7 days" },
  { value: "30", label: "Last 30 days" },
  { value: "90", label: "Last 90 days" },
  { value: "365", label: "Last year" },
];

function valueOf(period: Period): string {
  if (!period) return "";
  return "days" in period ? String(period.days) : "between";
}

function periodFrom(value: string): Period {
  if (value === "") return null;
  return value === "between" ? { from: "", to: "" } : { days: Number(value) };
}

/** When the referrals were created or updated. */
export function PeriodFilter({ state, onChange }: PeriodFilterProps) {
  const { period } = state;
  const value = valueOf(period);
  const unusual = value !== "" && value !== "between" && !DAYS.some((choice) => choice.value === value);
  return (
    <>
      <NativeSelect
        aria-label="Time"
        value={value}
        onChange={(event) => onChange({ ...state, period: periodFrom(event.currentTarget.value) })}
        data={[
          { value: "", label: "Any time" },
          ...DAYS,
          ...(unusual ? [{ value, label: `Last ${value} days` }] : []),
          { value: "between", label: "From … to …" },
        ]}
      />
      {period && (
        <NativeSelect
          aria-label="Which time"
          value={state.periodOf}
          onChange={(event) => onChange({ ...state, periodOf: event.currentTarget.value as ReferralOrderField })}
          data={[
            { value: "CREATED_AT", label: "Created" },
            { value: "UPDATED_AT", label: "Updated" },
          ]}
        />
      )}
      {period && "from" in period && (
        <>
          <TextInput
            type="date"
            aria-label="From"
            value={period.from}
            max={period.to || undefined}
            onChange={(event) => onChange({ ...state, period: { ...period, from: event.currentTarget.value } })}
          />
          <TextInput
            type="date"
            aria-label="To"
            value={period.to}
            min={period.from || undefined}
            onChange={(event) => onChange({ ...state, period: { ...period, to: event.currentTarget.value } })}
          />
        </>
      )}
    </>
  );
}
