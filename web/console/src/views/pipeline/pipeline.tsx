import { useMemo } from "react";
import { Button } from "@mantine/core";
import { useLocation, useSearch } from "wouter";
import { Lines } from "../../components/loading";
import { Empty, Failed } from "../../components/notice";
import { PageHeader } from "../../components/page-header";
import { PipelineDocument } from "../../graphql/generated/graphql";
import { countRules, filterOf, type ListState, withoutRules } from "../list/state";
import { ByMonth } from "./by-month";
import { ByStatus } from "./by-status";
import { ByVendor } from "./by-vendor";
import { missing } from "./completeness";
import { Controls } from "./controls";
import { exact } from "./figures";
import { monthsOf } from "./months";
import { ProgressLine } from "./progress-line";
import { parseState, type PipelineState, printState } from "./state";
import { currencies as currenciesOf, type Measure, total } from "./tally";
import { useWalk } from "./use-walk";
import { PAGE_SIZE, type Progress } from "./walk";
import styles from "./pipeline.module.css";

/** What every picture is made from. */
export interface PictureOf {
  progress: Progress;
  filters: ListState;
  measure: Measure;
  /** What a column of figures is called. */
  heads: { figure: string };
}

/** More months than this take the whole width. */
const FEW_MONTHS = 9;

/** How many referrals there are and what they are worth, by status, vendor and month. */
export default function Pipeline() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const state = useMemo(() => parseState(search), [search]);
  const filter = useMemo(() => filterOf(state.filters, new Date()), [state.filters]);
  const { walk, progress, again } = useWalk(filter);

  const change = (next: PipelineState) => {
    const text = printState(next);
    navigate(text ? `/pipeline?${text}` : "/pipeline", { replace: true });
  };

  const currencies = useMemo(() => currenciesOf(progress.cells), [progress.cells]);
  const wished = state.currency !== null && currencies.includes(state.currency) ? state.currency : null;
  const currency = wished ?? currencies[0] ?? null;

  return (
    <>
      <PageHeader title="Pipeline" query={{ document: PipelineDocument, variables: { first: PAGE_SIZE, filter } }} />
      <Controls state={state} currencies={currencies} currency={currency} onChange={change} />
      {progress.error && progress.read === 0 ? (
        <Failed error={progress.error} onRetry={walk.goOn} />
      ) : (
        <>
          <ProgressLine walk={walk} progress={progress} onAgain={again} />
          <Pictures progress={progress} state={state} currency={currency} onChange={change} />
        </>
      )}
    </>
  );
}

interface PicturesProps {
  progress: Progress;
  state: PipelineState;
  currency: string | null;
  onChange: (state: PipelineState) => void;
}

function Pictures({ progress, state, currency, onChange }: PicturesProps) {
  const { filters, show } = state;
  if (progress.read === 0) return <NothingRead progress={progress} state={state} onChange={onChange} />;
  if (show === "value" && currency === null) {
    return progress.phase === "reading" ? (
      <Lines count={6} about="Reading referrals…" />
    ) : (
      <Empty
        title="None of these referrals has a value"
        action={
          <Button variant="default" size="xs" onClick={() => onChange({ ...state, show: "count" })}>
            Show their count
          </Button>
        }
      >
        Introzy and Partner Center tell what referrals are worth, and not of all of them.
      </Empty>
    );
  }

  const measure: Measure = show === "value" && currency !== null ? { show, currency } : { show: "count" };
  const heads = { figure: measure.show === "value" ? `Value in ${measure.currency}` : "Referrals" };
  const of = { progress, filters, measure, heads };
  return (
    <>
      {measure.show === "value" && <Worth progress={progress} measure={measure} />}
      <div className={styles.pictures} data-wide={monthsOf(progress.cells.map((cell) => cell.month)).length > FEW_MONTHS || undefined}>
        <ByStatus {...of} />
        <ByVendor {...of} />
        <div className={styles.months}>
          <ByMonth {...of} />
        </div>
      </div>
    </>
  );
}

function NothingRead({ progress, state, onChange }: Omit<PicturesProps, "currency">) {
  if (progress.phase === "reading") return <Lines count={8} about="Reading referrals…" />;
  if (progress.phase === "stopped") return <Empty title="Stopped before anything was read" />;
  if (missing(progress.sources).length > 0) {
    return <Empty title="Nothing could be read">The lines above say why.</Empty>;
  }
  return (
    <Empty
      title="No referrals"
      action={
        countRules(state.filters) > 0 && (
          <Button
            variant="default"
            size="xs"
            onClick={() => onChange({ ...state, filters: withoutRules(state.filters) })}
          >
            Reset the filters
          </Button>
        )
      }
    >
      There is nothing to draw{countRules(state.filters) > 0 && " of these vendors, this direction and this time"}.
    </Empty>
  );
}

/** The sum of one currency, and what is not in it. */
function Worth({ progress, measure }: { progress: Progress; measure: Measure & { show: "value" } }) {
  const all = total(progress.cells, measure);
  const valued = currenciesOf(progress.cells)
    .map((currency) => total(progress.cells, { show: "value", currency }).count)
    .reduce((sum, count) => sum + count, 0);
  const others = valued - all.count;
  return (
    <p className={styles.worth}>
      <data value={all.amount}>{exact(all, measure)}</data>{" "}
      <span className={styles.quiet}>
        in {all.count.toLocaleString()} of {progress.read.toLocaleString()} referrals.{" "}
        {others > 0 && `${others.toLocaleString()} have a value in another currency; currencies are never added up. `}
        {(progress.read - valued).toLocaleString()} have none.
      </span>
    </p>
  );
}
