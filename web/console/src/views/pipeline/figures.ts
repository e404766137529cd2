import { approximately } from "../../format/decimal";
import { formatMoney } from "../../format/money";
import type { Figure, Measure } from "./tally";

const counts = new Intl.NumberFormat();
const shortCounts = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

/** A figure to its last digit. */
export function exact({ amount }: Figure, measure: Measure): string {
  return measure.show === "count" ? counts.format(BigInt(amount)) : formatMoney(amount, measure.currency);
}

/** A figure for where there is no room: rounded, and never the only place that tells it. */
export function short({ amount }: Figure): string {
  return shortCounts.format(amount as `${number}`);
}

/** What is counted, after a number that is. */
export function unit({ count }: Figure, measure: Measure): string {
  const noun = count === 1 ? "referral" : "referrals";
  return measure.show === "count" ? noun : `in ${counts.format(count)} ${noun}`;
}

/** How much of the longest bar; below zero there is no bar. */
export function share({ amount }: Figure, longest: string): number {
  const most = approximately(longest);
  return most > 0 ? Math.max(0, approximately(amount) / most) : 0;
}

/** A part of a whole in percent, as a style wants it. */
export const percent = (part: number): string => `${(part * 100).toFixed(3)}%`;
