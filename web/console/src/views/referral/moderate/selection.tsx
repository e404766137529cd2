import { Checkbox } from "@mantine/core";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { referredNames } from "../../../components/referral-title";
import { vendorName } from "../../../format/words";
import type { Decision, ReferralRowFragment } from "../../../graphql/generated/graphql";
import { BulkBar } from "./bulk-bar";
import styles from "./selection.module.css";

/** The most that one mutation decides. */
export const MOST_DECISIONS = 500;

type Chosen = ReadonlyMap<string, ReferralRowFragment>;

const Context = createContext<{ chosen: Chosen; choose: (chosen: Chosen) => void } | null>(null);

export const accepts = (row: ReferralRowFragment, decision: Decision) => row.allowedActions.includes(decision);

const canBeDecided = (row: ReferralRowFragment) => accepts(row, "APPROVE") || accepts(row, "DENY");

/** Around rows of referrals that can be ticked, to decide about several at once. */
export function Selection({ children }: { children: ReactNode }) {
  const [chosen, choose] = useState<Chosen>(new Map());
  const state = useMemo(() => ({ chosen, choose }), [chosen]);
  return (
    <Context value={state}>
      {children}
      <BulkBar rows={[...chosen.values()]} onClear={() => choose(new Map())} />
    </Context>
  );
}

/** For the rows that accept a decision. */
export function SelectOne({ row }: { row: ReferralRowFragment }) {
  const selection = useContext(Context);
  if (!selection) return null;
  const { chosen, choose } = selection;
  // One that was ticked and decided since can be left out again.
  if (!canBeDecided(row) && !chosen.has(row.id)) return null;
  return (
    <Checkbox
      className={styles.box}
      size="xs"
      aria-label={`Select ${referredNames(row)} at ${vendorName(row.vendor)}`}
      checked={chosen.has(row.id)}
      onChange={(event) => {
        const next = new Map(chosen);
        if (event.currentTarget.checked && next.size < MOST_DECISIONS) next.set(row.id, row);
        else next.delete(row.id);
        choose(next);
      }}
    />
  );
}

/** All of those in view. */
export function SelectAll({ rows }: { rows: readonly ReferralRowFragment[] }) {
  const selection = useContext(Context);
  const able = rows.filter(canBeDecided).slice(0, MOST_DECISIONS);
  if (!selection || able.length === 0) return <span className="unseen">Selected</span>;
  const { chosen, choose } = selection;
  const isAll = able.every(({ id }) => chosen.has(id));
  return (
    <Checkbox
      size="xs"
      aria-label="Select all that can be decided"
      checked={isAll}
      indeterminate={!isAll && chosen.size > 0}
      onChange={() => choose(isAll ? new Map() : new Map(able.map((row) => [row.id, row])))}
    />
  );
}
