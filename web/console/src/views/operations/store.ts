import { useSyncExternalStore } from "react";
import type { OperationState, Vendor } from "../../graphql/generated/graphql";

// Writes whose outcome is not known yet. Their keys outlive a reload of the page, and nothing else of them does: no field
// of a form is kept.

const STORED_AS = "referral-gateway:operations";

export type WriteKind =
  | "createReferral"
  | "updateReferral"
  | "moderateReferrals"
  | "addFacilitator"
  | "removeFacilitator"
  | "requestConnection"
  | "shareReferral"
  | "convertReferral"
  | "addNote";

/** What a write is about, as far as it may be kept. */
export interface About {
  kind: WriteKind;
  /** Null for a write about referrals of several vendors. */
  vendor: Vendor | null;
  /** The global id of the referral that it changes; null for a new one. */
  referralId: string | null;
}

/**
 * Beside the gateway's words: no answer of the gateway's has come (`LOST`), or the gateway has nothing under the key
 * (`ABSENT`).
 */
export type FollowedState = OperationState | "LOST" | "ABSENT";

export interface Followed extends About {
  key: string;
  state: FollowedState;
  /** The global id of the referral that it made or changed, once that is known. */
  madeId: string | null;
  /** Whether the form that it was sent from is in view, and shows it. */
  isOwned: boolean;
}

/** Whether more is to be learnt by asking again. */
export const isOpen = ({ state }: Pick<Followed, "state">) => ["SENDING", "UNKNOWN", "LOST"].includes(state);

let all: readonly Followed[] = restore();
/** On their way in this page, and not shown: an answer mostly comes at once. */
let underway: readonly (About & { key: string })[] = [];
const listeners = new Set<() => void>();

function restore(): Followed[] {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORED_AS) ?? "[]") as (About & { key: string })[];
    return kept.map(({ key, kind, vendor, referralId }) => ({
      key,
      kind,
      vendor,
      referralId,
      state: "LOST",
      madeId: null,
      isOwned: false,
    }));
  } catch {
    return [];
  }
}

function publish() {
  const kept = [...underway, ...all].map(({ key, kind, vendor, referralId }) => ({ key, kind, vendor, referralId }));
  if (kept.length) sessionStorage.setItem(STORED_AS, JSON.stringify(kept));
  else sessionStorage.removeItem(STORED_AS);
  listeners.forEach((listener) => listener());
}

/** A write is being sent. If the page is reloaded before the answer, it is followed. */
export function begin(key: string, about: About) {
  underway = [...underway.filter((one) => one.key !== key), { key, ...about }];
  publish();
}

/** What became of it is known. */
export function end(key: string) {
  underway = underway.filter((one) => one.key !== key);
  all = all.filter((one) => one.key !== key);
  publish();
}

/** What became of it is not known: it is asked for until it is. */
export function follow(key: string, about: About, state: FollowedState) {
  underway = underway.filter((one) => one.key !== key);
  all = [...all.filter((one) => one.key !== key), { key, ...about, state, madeId: null, isOwned: true }];
  publish();
}

export function update(key: string, change: Partial<Pick<Followed, "state" | "madeId" | "isOwned">>) {
  all = all.map((one) => (one.key === key ? { ...one, ...change } : one));
  publish();
}

/** They are of someone who has left. */
export function forgetAll() {
  underway = [];
  all = [];
  publish();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function useFollowed(): readonly Followed[] {
  return useSyncExternalStore(subscribe, () => all);
}

/** The one with this key. */
export function useOneFollowed(key: string | null): Followed | null {
  return useFollowed().find((one) => one.key === key) ?? null;
}
