import { useEffect, useRef, useState } from "react";
import { type CombinedError, type DocumentInput, useClient } from "urql";
import { pipe, subscribe, type Subscription } from "wonka";

export interface Polled<Data> {
  /** The last answer. It stays when the next one does not come. */
  data: Data | undefined;
  /** When it came. */
  readAt: string | null;
  /** How long it took. */
  tookMs: number | null;
  /** Why there is no newer one. */
  error: CombinedError | undefined;
  /** The gateway has been asked for longer than the time between two questions. */
  isOverdue: boolean;
  ask: () => void;
}

/** Asks again and again, as long as the page is in view and nobody pauses it. A question waits for the one before. */
export function usePoll<Data>(query: DocumentInput<Data>, everyMs: number, isPaused: boolean): Polled<Data> {
  const client = useClient();
  const [answer, setAnswer] = useState<Omit<Polled<Data>, "ask">>({
    data: undefined,
    readAt: null,
    tookMs: null,
    error: undefined,
    isOverdue: false,
  });
  const asked = useRef<{ subscription: Subscription | null } | null>(null);

  const ask = () => {
    if (asked.current) return;
    const begun = performance.now();
    const question: { subscription: Subscription | null } = { subscription: null };
    asked.current = question;
    question.subscription = pipe(
      client.query(query, {}, { requestPolicy: "network-only" }),
      subscribe(({ data, error }) => {
        question.subscription?.unsubscribe();
        asked.current = null;
        if (!data) return setAnswer((before) => ({ ...before, error, isOverdue: false }));
        const tookMs = Math.round(performance.now() - begun);
        setAnswer({ data, readAt: new Date().toISOString(), tookMs, error: undefined, isOverdue: false });
      }),
    );
  };
  const asking = useRef(ask);
  asking.current = ask;

  useEffect(() => {
    asking.current();
    return () => {
      asked.current?.subscription?.unsubscribe();
      asked.current = null;
    };
  }, [client]);

  useEffect(() => {
    if (isPaused) return;
    const askIfSeen = () => {
      if (document.visibilityState === "visible") asking.current();
    };
    const beat = () => {
      if (asked.current) setAnswer((before) => ({ ...before, isOverdue: true }));
      askIfSeen();
    };
    const timer = setInterval(beat, everyMs);
    document.addEventListener("visibilitychange", askIfSeen);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", askIfSeen);
    };
  }, [everyMs, isPaused]);

  return { ...answer, ask };
}
