import { useMemo, useSyncExternalStore } from "react";
import { newClient } from "./client";

// For this tab and until it is closed: a key in localStorage would outlive the one who typed it.
const STORED_AS = "referral-gateway:api-key";

interface Session {
  /** Sent as a bearer token; null until somebody signs in. */
  key: string | null;
  /** The gateway wants a key, or another one than this. */
  refused: boolean;
}

let session: Session = { key: sessionStorage.getItem(STORED_AS), refused: false };
const listeners = new Set<() => void>();

function become(next: Session) {
  session = next;
  listeners.forEach((listener) => listener());
}

export function signIn(key: string) {
  sessionStorage.setItem(STORED_AS, key);
  become({ key, refused: false });
}

export function signOut() {
  sessionStorage.removeItem(STORED_AS);
  become({ key: null, refused: false });
}

function refuse(key: string | null) {
  // An answer to the key before must not refuse the one that has just been typed.
  if (key === session.key && !session.refused) become({ ...session, refused: true });
}

export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => session,
  );
}

/** A client for whoever is signed in. Another key has another client, so that nobody sees what was read for another. */
export function useClient() {
  const { key } = useSession();
  return useMemo(() => newClient({ key, onUnauthenticated: () => refuse(key) }), [key]);
}
