import { Fragment, type ReactNode } from "react";
import styles from "./facts.module.css";

export type Fact = [name: string, value: ReactNode];

function isThere([, value]: Fact): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== undefined && value !== "" && value !== false;
}

/** Names and values. What is not there is left out. */
export function Facts({ facts }: { facts: Fact[] }) {
  const there = facts.filter(isThere);
  if (there.length === 0) return null;
  return (
    <dl className={styles.facts}>
      {there.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
