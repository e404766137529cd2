import { Button, NativeSelect, SegmentedControl } from "@mantine/core";
import { X } from "lucide-react";
import { Toggles } from "../../components/toggles";
import { VendorChip } from "../../components/vendor-chip";
import { VENDORS } from "../../format/words";
import type { Direction } from "../../graphql/generated/graphql";
import { PeriodFilter } from "../list/period-filter";
import { countRules, withoutRules } from "../list/state";
import type { PipelineState, Show } from "./state";
import styles from "./controls.module.css";

interface ControlsProps {
  state: PipelineState;
  /** Those that there are, and which of them is shown. */
  currencies: string[];
  currency: string | null;
  onChange: (state: PipelineState) => void;
}

/** What is in the pictures, and what they show of it. */
export function Controls({ state, currencies, currency, onChange }: ControlsProps) {
  const { filters, show } = state;
  const filter = (filters: PipelineState["filters"]) => onChange({ ...state, filters });
  return (
    <search className={styles.controls}>
      <SegmentedControl
        aria-label="What the pictures show"
        value={show}
        onChange={(value) => onChange({ ...state, show: value as Show })}
        data={[
          { value: "count", label: "Count" },
          { value: "value", label: "Value" },
        ]}
      />
      {show === "value" && currency !== null && (
        <NativeSelect
          aria-label="Currency"
          value={currency}
          onChange={(event) => onChange({ ...state, currency: event.currentTarget.value })}
          data={currencies}
        />
      )}
      <Toggles
        label="Vendors"
        values={VENDORS}
        chosen={filters.vendors}
        onChange={(vendors) => filter({ ...filters, vendors })}
        render={(vendor) => <VendorChip vendor={vendor} />}
      />
      <NativeSelect
        aria-label="Direction"
        value={filters.direction ?? ""}
        onChange={(event) => filter({ ...filters, direction: (event.currentTarget.value || null) as Direction | null })}
        data={[
          { value: "", label: "Sent and received" },
          { value: "SENT", label: "Sent" },
          { value: "RECEIVED", label: "Received" },
        ]}
      />
      <PeriodFilter state={filters} onChange={filter} />
      {countRules(filters) > 0 && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<X size={14} aria-hidden />}
          onClick={() => filter(withoutRules(filters))}
        >
          Reset
        </Button>
      )}
    </search>
  );
}
