// In the reader's own locale and time zone.

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exactMoments = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "long",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});
const times = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** The day of a moment. */
export const formatDate = (moment: string) => dates.format(new Date(moment));

/** A moment to the minute. */
export const formatMoment = (moment: string) => moments.format(new Date(moment));

/** The time of a moment to the second, without its day. */
export const formatTime = (moment: string) => times.format(new Date(moment));

/** A moment to the second, with the time zone. */
export const formatExactly = (moment: string) => exactMoments.format(new Date(moment));

/** A day without a time (`YYYY-MM-DD`), which is the same day in every time zone. */
export const formatDay = (day: string) => days.format(new Date(`${day}T00:00:00Z`));

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** As in "3 days ago" or "in 2 hours". */
export function formatRelative(moment: string, now: number = Date.now()): string {
  const seconds = (new Date(moment).getTime() - now) / 1_000;
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? relative.format(Math.trunc(seconds / unit[1]), unit[0]) : relative.format(Math.trunc(seconds), "second");
}
