import type { ReactNode } from "react";
import styles from "./toggles.module.css";

interface TogglesProps<Value extends string> {
  label: string;
  values: readonly Value[];
  chosen: readonly Value[];
  onChange: (chosen: Value[]) => void;
  render: (value: Value) => ReactNode;
}

/** Several values, of which any number may be chosen. */
export function Toggles<Value extends string>({ label, values, chosen, onChange, render }: TogglesProps<Value>) {
  const toggle = (value: Value) =>
    onChange(values.filter((other) => (other === value ? !chosen.includes(value) : chosen.includes(other))));

  return (
    <div className={styles.group} role="group" aria-label={label}>
      {values.map((value) => (
        <button
          key={value}
          type="button"
          className={styles.toggle}
          aria-pressed={chosen.includes(value)}
          onClick={() => toggle(value)}
        >
          {render(value)}
        </button>
      ))}
    </div>
  );
}
