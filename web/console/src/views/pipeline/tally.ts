import { compare, sum } from "../../format/decimal";
import type { PipelineQuery, ReferralStatus, Vendor } from "../../graphql/generated/graphql";
import { monthOf } from "./months";

type Row = PipelineQuery["referrals"]["nodes"][number];

/** How many have a value in a currency, and their exact sum. */
interface Amount {
  count: number;
  total: string;
}

/** The referrals of one vendor and status that were made in one month. All pictures are sums of these. */
export interface Cell {
  vendor: Vendor;
  status: ReferralStatus;
  /** Null for those of which no vendor says when they were made. */
  month: string | null;
  count: number;
  /** By currency: amounts of two currencies have no sum. */
  amounts: Readonly<Record<string, Amount>>;
}

/** What a picture shows of a cell. */
export type Measure = { show: "count" } | { show: "value"; currency: string };

/** What a bar stands for. */
export interface Figure {
  /** The exact number or amount. */
  amount: string;
  /** How many referrals are in it: with a measure of value, those that have one in its currency. */
  count: number;
}

export const NOTHING: Figure = { amount: "0", count: 0 };

/** The cells with these rows added to them. */
export function add(cells: readonly Cell[], rows: readonly Row[]): Cell[] {
  const byKey = new Map(cells.map((cell) => [keyOf(cell), cell]));
  for (const { vendor, status, createdAt, value } of rows) {
    const place = { vendor, status, month: createdAt ? monthOf(createdAt) : null };
    const before = byKey.get(keyOf(place)) ?? { ...place, count: 0, amounts: {} };
    const amounts = value ? withAmount(before.amounts, value) : before.amounts;
    byKey.set(keyOf(place), { ...before, count: before.count + 1, amounts });
  }
  return [...byKey.values()];
}

const keyOf = ({ vendor, status, month }: Pick<Cell, "vendor" | "status" | "month">) => `${vendor} ${status} ${month}`;

function withAmount(amounts: Cell["amounts"], { amount, currency }: NonNullable<Row["value"]>): Cell["amounts"] {
  const before = amounts[currency] ?? { count: 0, total: "0" };
  return { ...amounts, [currency]: { count: before.count + 1, total: sum([before.total, amount]) } };
}

function figureOf(cell: Cell, measure: Measure): Figure {
  if (measure.show === "count") return { amount: String(cell.count), count: cell.count };
  const amount = cell.amounts[measure.currency];
  return amount ? { amount: amount.total, count: amount.count } : NOTHING;
}

export function total(cells: readonly Cell[], measure: Measure): Figure {
  const figures = cells.map((cell) => figureOf(cell, measure));
  return {
    amount: sum(["0", ...figures.map((figure) => figure.amount)]),
    count: figures.reduce((count, figure) => count + figure.count, 0),
  };
}

/** The currencies that there are, the one of most referrals first. */
export function currencies(cells: readonly Cell[]): string[] {
  const counts = new Map<string, number>();
  for (const { amounts } of cells) {
    for (const [currency, { count }] of Object.entries(amounts)) {
      counts.set(currency, (counts.get(currency) ?? 0) + count);
    }
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([currency]) => currency);
}

/** The largest amount: the bar that fills the width. */
export function largest(figures: readonly Figure[]): string {
  return figures.reduce((most, { amount }) => (compare(amount, most) > 0 ? amount : most), "0");
}
