import { STATUSES, VENDORS } from "../../format/words";
import type {
  Direction,
  OrderDirection,
  ReferralFilter,
  ReferralOrder,
  ReferralOrderField,
  ReferralStatus,
  Vendor,
} from "../../graphql/generated/graphql";

// What the list shows, as it stands in the address: `?vendor=PLANNR&status=PENDING&since=30&sort=updated`.

/** How many days back; or from one day to another, both included, of which one may be open. */
export type Period = { days: number } | { from: string; to: string } | null;

export interface ListState {
  search: string;
  vendors: Vendor[];
  statuses: ReferralStatus[];
  direction: Direction | null;
  period: Period;
  /** To which time the period applies. */
  periodOf: ReferralOrderField;
  sort: ReferralOrderField;
  order: OrderDirection;
  engagement: string | null;
  connection: string | null;
}

const FIELDS: Record<string, ReferralOrderField> = { created: "CREATED_AT", updated: "UPDATED_AT" };
const DAY = /^\d{4}-\d{2}-\d{2}$/;

function fieldOf(text: string | null): ReferralOrderField {
  return FIELDS[text ?? ""] ?? "CREATED_AT";
}

function among<Value extends string>(all: readonly Value[], texts: string[]): Value[] {
  return all.filter((value) => texts.includes(value));
}

function periodOf(search: URLSearchParams): Period {
  const days = Number(search.get("since"));
  if (Number.isInteger(days) && days > 0 && days < 10_000) return { days };
  const from = search.get("from") ?? "";
  const to = search.get("to") ?? "";
  const period = { from: DAY.test(from) ? from : "", to: DAY.test(to) ? to : "" };
  return period.from || period.to || search.has("from") ? period : null;
}

export function parseState(text: string): ListState {
  const search = new URLSearchParams(text);
  const direction = search.get("direction");
  return {
    search: search.get("q") ?? "",
    vendors: among(VENDORS, search.getAll("vendor")),
    statuses: among(STATUSES, search.getAll("status")),
    direction: direction === "SENT" || direction === "RECEIVED" ? direction : null,
    period: periodOf(search),
    periodOf: fieldOf(search.get("by")),
    sort: fieldOf(search.get("sort")),
    order: search.get("order") === "asc" ? "ASC" : "DESC",
    engagement: search.get("engagement"),
    connection: search.get("connection"),
  };
}

/** The shortest address: what is as usual is left out. */
export function printState(state: ListState): string {
  const search = new URLSearchParams();
  if (state.search) search.set("q", state.search);
  state.vendors.forEach((vendor) => search.append("vendor", vendor));
  state.statuses.forEach((status) => search.append("status", status));
  if (state.direction) search.set("direction", state.direction);
  if (state.period && "days" in state.period) search.set("since", String(state.period.days));
  if (state.period && "from" in state.period) {
    search.set("from", state.period.from);
    if (state.period.to) search.set("to", state.period.to);
  }
  if (state.period && state.periodOf === "UPDATED_AT") search.set("by", "updated");
  if (state.sort === "UPDATED_AT") search.set("sort", "updated");
  if (state.order === "ASC") search.set("order", "asc");
  if (state.engagement) search.set("engagement", state.engagement);
  if (state.connection) search.set("connection", state.connection);
  return search.toString();
}

/** How many rules narrow the list, the search aside. */
export function countRules(state: ListState): number {
  const rules = [state.direction, state.period, state.engagement, state.connection];
  return state.vendors.length + state.statuses.length + rules.filter((rule) => rule !== null).length;
}

/** The same list without any rule. */
export function withoutRules(state: ListState): ListState {
  return { ...parseState(""), sort: state.sort, order: state.order };
}

/** The reader's midnight, some days away from a day. */
function midnight(day: Date, daysLater: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + daysLater);
}

function parseDay(day: string): Date {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date);
}

/** The schema's times are exclusive on both sides. */
function bounds(period: Period, now: Date): { after?: string; before?: string } {
  if (!period) return {};
  const justBefore = (moment: Date) => new Date(moment.getTime() - 1).toISOString();
  // Whole days, so that the question stays the same until midnight.
  if ("days" in period) return { after: justBefore(midnight(now, -period.days)) };
  return {
    ...(period.from && { after: justBefore(parseDay(period.from)) }),
    ...(period.to && { before: midnight(parseDay(period.to), 1).toISOString() }),
  };
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** An e-mail address is looked for as such: parties' addresses are not among what `search` searches. */
export const isEmail = (search: string) => EMAIL.test(search.trim());

export function filterOf(state: ListState, now: Date): ReferralFilter {
  const search = state.search.trim();
  const { after, before } = bounds(state.period, now);
  const byUpdate = state.periodOf === "UPDATED_AT";
  return {
    ...(search && (isEmail(search) ? { email: search } : { search })),
    ...(state.vendors.length > 0 && { vendors: state.vendors }),
    ...(state.statuses.length > 0 && { status: state.statuses }),
    ...(state.direction && { direction: state.direction }),
    ...(after && (byUpdate ? { updatedAfter: after } : { createdAfter: after })),
    ...(before && (byUpdate ? { updatedBefore: before } : { createdBefore: before })),
    ...(state.engagement && { engagementId: state.engagement }),
    ...(state.connection && { connectionId: state.connection }),
  };
}

export function orderOf(state: ListState): ReferralOrder {
  return { field: state.sort, direction: state.order };
}
