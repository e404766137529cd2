import { Button, Collapse, NativeSelect } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { SlidersHorizontal, X } from "lucide-react";
import { useId } from "react";
import { Toggles } from "../../components/toggles";
import { VendorChip } from "../../components/vendor-chip";
import { STATUSES, VENDORS, statusName } from "../../format/words";
import type { Direction, ReferralOrderField } from "../../graphql/generated/graphql";
import { PeriodFilter } from "./period-filter";
import { SearchField } from "./search-field";
import { countRules, type ListState, withoutRules } from "./state";
import styles from "./filters.module.css";

interface FiltersProps {
  state: ListState;
  onChange: (state: ListState) => void;
}

/** What the list shows. On phones all but the search is folded up. */
export function Filters(props: FiltersProps) {
  const { state, onChange } = props;
  const isNarrow = useMediaQuery("(max-width: 47.99em)", undefined, { getInitialValueInEffect: false });
  const [isOpen, { toggle }] = useDisclosure(false);
  const body = useId();
  const rules = countRules(state);

  const reset = (rules > 0 || state.search) && (
    <Button
      variant="subtle"
      size="compact-sm"
      leftSection={<X size={14} aria-hidden />}
      onClick={() => onChange(withoutRules(state))}
    >
      Reset
    </Button>
  );
  const search = <SearchField value={state.search} onChange={(search) => onChange({ ...state, search })} />;

  if (!isNarrow) {
    return (
      <search className={styles.filters}>
        <div className={styles.line}>
          {search}
          <Rules {...props} />
          {reset}
        </div>
        <Choices {...props} />
      </search>
    );
  }
  return (
    <search className={styles.filters}>
      <div className={styles.line}>
        {search}
        <Button
          variant="default"
          size="sm"
          leftSection={<SlidersHorizontal size={14} aria-hidden />}
          aria-expanded={isOpen}
          aria-controls={body}
          onClick={toggle}
        >
          {rules > 0 ? `Filters (${rules})` : "Filters"}
        </Button>
      </div>
      <Collapse expanded={isOpen} id={body}>
        <div className={styles.filters}>
          <Choices {...props} />
          <div className={styles.line}>
            <Rules {...props} />
            <SortSelect {...props} />
            {reset}
          </div>
        </div>
      </Collapse>
    </search>
  );
}

function Choices({ state, onChange }: FiltersProps) {
  return (
    <div className={styles.choices}>
      <Toggles
        label="Vendors"
        values={VENDORS}
        chosen={state.vendors}
        onChange={(vendors) => onChange({ ...state, vendors })}
        render={(vendor) => <VendorChip vendor={vendor} />}
      />
      <Toggles
        label="Statuses"
        values={STATUSES}
        chosen={state.statuses}
        onChange={(statuses) => onChange({ ...state, statuses })}
        render={statusName}
      />
      {state.engagement && (
        <Pinned name="One engagement" onRemove={() => onChange({ ...state, engagement: null })} />
      )}
      {state.connection && (
        <Pinned name="One connection" onRemove={() => onChange({ ...state, connection: null })} />
      )}
    </div>
  );
}

/** A rule that came by a link, and can only be taken away here. */
function Pinned({ name, onRemove }: { name: string; onRemove: () => void }) {
  return (
    <Button
      variant="light"
      size="compact-sm"
      radius="xl"
      rightSection={<X size={13} aria-hidden />}
      aria-label={`${name}: remove this filter`}
      onClick={onRemove}
    >
      {name}
    </Button>
  );
}

function Rules({ state, onChange }: FiltersProps) {
  return (
    <>
      <NativeSelect
        aria-label="Direction"
        value={state.direction ?? ""}
        onChange={(event) => onChange({ ...state, direction: (event.currentTarget.value || null) as Direction | null })}
        data={[
          { value: "", label: "Sent and received" },
          { value: "SENT", label: "Sent" },
          { value: "RECEIVED", label: "Received" },
        ]}
      />
      <PeriodFilter state={state} onChange={onChange} />
    </>
  );
}

function SortSelect({ state, onChange }: FiltersProps) {
  return (
    <NativeSelect
      aria-label="Order"
      value={`${state.sort} ${state.order}`}
      onChange={(event) => {
        const [sort, order] = event.currentTarget.value.split(" ") as [ReferralOrderField, ListState["order"]];
        onChange({ ...state, sort, order });
      }}
      data={[
        { value: "CREATED_AT DESC", label: "Newest first" },
        { value: "CREATED_AT ASC", label: "Oldest first" },
        { value: "UPDATED_AT DESC", label: "Last updated first" },
        { value: "UPDATED_AT ASC", label: "Longest unchanged first" },
      ]}
    />
  );
}
