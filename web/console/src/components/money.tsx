import { formatMoney } from "../format/money";
import styles from "./text.module.css";

export function Money({ value }: { value: { amount: string; currency: string } | null | undefined }) {
  if (!value) return <None />;
  return <span className={styles.number}>{formatMoney(value.amount, value.currency)}</span>;
}

/** There is none, or the vendor does not tell. */
export function None() {
  return (
    <span className={styles.none}>
      <span aria-hidden>–</span>
      <span className="unseen">none</span>
    </span>
  );
}
