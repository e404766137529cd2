import { useSyncExternalStore } from "react";

// One live region for the whole console: it is there before it has something to say, as screen readers want it.

let said = "";
const listeners = new Set<() => void>();

/** Has a sentence read out, without moving the focus. */
export function announce(sentence: string) {
  // The same sentence again would be no change, and not read.
  said = said === sentence ? `${sentence}\u00a0` : sentence;
  listeners.forEach((listener) => listener());
}

export function useAnnounced(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => said,
  );
}
