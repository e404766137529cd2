import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import type { ReferralOrderField } from "../../graphql/generated/graphql";
import { SelectAll } from "../referral/moderate/selection";
import { Row, SkeletonRow } from "./row";
import type { ListState } from "./state";
import type { RowsProps } from "./rows";
import styles from "./table.module.css";

/** The rows as a table, for wide screens. */
export function Table({ rows, isLoading, state, onChange }: RowsProps) {
  return (
    <table className={styles.table}>
      <caption className="unseen">Referrals of all vendors</caption>
      <colgroup>
        <col className={styles.select} />
        <col />
        <col className={styles.person} />
        <col className={styles.person} />
        <col className={styles.vendor} />
        <col className={styles.status} />
        <col className={styles.money} />
        <col className={styles.time} />
        <col className={styles.time} />
      </colgroup>
      <thead>
        <tr>
          <td>
            <SelectAll rows={rows} />
          </td>
          <th scope="col">Referred</th>
          <th scope="col">From</th>
          <th scope="col">To</th>
          <th scope="col">Vendor</th>
          <th scope="col">Status</th>
          <th scope="col" className={styles.right}>
            Value
          </th>
          <SortHeader field="CREATED_AT" state={state} onChange={onChange} />
          <SortHeader field="UPDATED_AT" state={state} onChange={onChange} />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
        {isLoading && Array.from({ length: rows.length > 0 ? 3 : 12 }, (_, at) => <SkeletonRow key={at} />)}
      </tbody>
    </table>
  );
}

interface SortHeaderProps {
  field: ReferralOrderField;
  state: ListState;
  onChange: (state: ListState) => void;
}

const HEADERS = { CREATED_AT: "Created", UPDATED_AT: "Updated" };

function SortHeader({ field, state, onChange }: SortHeaderProps) {
  const isSorted = state.sort === field;
  const Icon = !isSorted ? ChevronsUpDown : state.order === "ASC" ? ArrowUp : ArrowDown;
  const order = isSorted && state.order === "DESC" ? "ASC" : "DESC";
  return (
    <th
      scope="col"
      className={styles.right}
      aria-sort={isSorted ? (state.order === "ASC" ? "ascending" : "descending") : "none"}
    >
      <button type="button" className={styles.sort} onClick={() => onChange({ ...state, sort: field, order })}>
        {HEADERS[field]}
        <Icon size={13} aria-hidden />
      </button>
    </th>
  );
}
