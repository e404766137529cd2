// Months as the reader's calendar has them: a referral made at midnight is in the month that the reader sees beside it.

/** `2026-05`; with `until`, everything up to the end of that month. */
export interface Month {
  key: string;
  isUntil?: boolean;
}

const names = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" });
const shortNames = new Intl.DateTimeFormat(undefined, { month: "short" });

const pad = (number: number) => String(number).padStart(2, "0");

export const monthOf = (moment: string): string => keyOf(new Date(moment));

function firstDay(key: string, monthsLater = 0): Date {
  const [year = 0, month = 1] = key.split("-").map(Number);
  return new Date(year, month - 1 + monthsLater, 1);
}

function keyOf(date: Date): string {
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}`;
}

const monthsBefore = (key: string, count: number): string => keyOf(firstDay(key, -count));

function monthsBetween(from: string, to: string): string[] {
  const months: string[] = [];
  for (let key = from; key <= to; key = monthsBefore(key, -1)) months.push(key);
  return months;
}

/** So many months have a column of their own; what is older is one column together. */
const MOST_MONTHS = 24;

/** The months from the first to the last in which something was, and the empty ones between them. */
export function monthsOf(all: readonly (string | null)[]): Month[] {
  const keys = all.filter((key) => key !== null).sort();
  const [first, last] = [keys[0], keys.at(-1)];
  if (first === undefined || last === undefined) return [];
  const oldest = monthsBefore(last, MOST_MONTHS - 1);
  if (first >= oldest) return monthsBetween(first, last).map((key) => ({ key }));
  const earlier = { key: monthsBefore(oldest, 1), isUntil: true };
  return [earlier, ...monthsBetween(oldest, last).map((key) => ({ key }))];
}

export const isIn = ({ key, isUntil }: Month, month: string | null): boolean =>
  month !== null && (isUntil ? month <= key : month === key);

/** The days of a month as a list's period. */
export function monthDays({ key, isUntil = false }: Month): { from: string; to: string } {
  const next = firstDay(key, 1);
  const last = new Date(next.getFullYear(), next.getMonth(), 0);
  return { from: isUntil ? "" : `${key}-01`, to: `${key}-${pad(last.getDate())}` };
}

export const monthName = ({ key, isUntil = false }: Month): string =>
  `${isUntil ? "Until " : ""}${names.format(firstDay(key))}`;

/** For the foot of a column; the year is a line of its own. */
export const shortMonthName = (key: string): string => shortNames.format(firstDay(key));
