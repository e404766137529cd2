import type { ReferralStatus, Vendor } from "../../graphql/generated/graphql";
import { type ListState, parseState as parseList, printState as printList } from "../list/state";
import { type Month, monthDays } from "./months";

// What the pictures show, as it stands in the address. The filters have the list's names:
// `/pipeline?vendor=PLANNR&since=30&show=value&currency=USD`.

export type Show = "count" | "value";

export interface PipelineState {
  /** Vendors, direction and period; nothing else of a list is a filter here. */
  filters: ListState;
  show: Show;
  /** As wished for: what is read may have nothing in it. */
  currency: string | null;
}

export function parseState(text: string): PipelineState {
  const search = new URLSearchParams(text);
  const { vendors, direction, period, periodOf } = parseList(text);
  return {
    filters: { ...parseList(""), vendors, direction, period, periodOf },
    show: search.get("show") === "value" ? "value" : "count",
    currency: search.get("currency"),
  };
}

export function printState({ filters, show, currency }: PipelineState): string {
  const search = new URLSearchParams(printList(filters));
  if (show === "value") search.set("show", show);
  if (currency) search.set("currency", currency);
  return search.toString();
}

/** The list of what a bar stands for. */
export function listOf(filters: ListState, only: { vendor?: Vendor; status?: ReferralStatus; month?: Month }): string {
  const list: ListState = { ...filters };
  if (only.vendor) list.vendors = [only.vendor];
  if (only.status) list.statuses = [only.status];
  if (only.month) {
    list.period = monthDays(only.month);
    list.periodOf = "CREATED_AT";
  }
  const search = printList(list);
  return search ? `/?${search}` : "/";
}
