import { useEffect, useRef, useState } from "react";
import { type CombinedError, type TypedDocumentNode, useClient } from "urql";
import {
  OperationNowDocument,
  type OperationPartsFragment,
  type UserErrorPartsFragment,
  type WriteOutcome,
} from "../../graphql/generated/graphql";
import { type About, begin, end, follow, update, useOneFollowed } from "./store";

/** What the answers of all mutations say of the write itself. */
export interface WriteReport {
  outcome: WriteOutcome;
  operation?: OperationPartsFragment | null;
  userErrors: readonly UserErrorPartsFragment[];
}

export type Phase<Payload> =
  | { is: "idle" }
  | { is: "sending" }
  /** It has no effect, for the reasons in the payload. */
  | { is: "refused"; payload: Payload }
  /** It could not be sent, and nothing was changed. */
  | { is: "failed"; error: CombinedError }
  /** What became of it is not known yet: it is followed under its key. */
  | { is: "followed"; key: string }
  | { is: "done"; payload: Payload };

interface Options<Data, Input, Payload> {
  document: TypedDocumentNode<Data, { input: Input }>;
  about: About;
  /** The part of the answer that is the mutation's. */
  payloadOf: (data: Data) => Payload;
  /** What it says of the write itself; what the payload has under the usual names, when left out. */
  reportOf?: (payload: Payload) => WriteReport;
  /** The whole answer is wanted once it is known, and not only that it was made. */
  needsAnswer?: boolean;
  onDone?: (payload: Payload) => void;
  onRefused?: (payload: Payload) => void;
}

const IN_FLIGHT = ["SENDING", "UNKNOWN"];

/**
 * Sends a mutation under an idempotency key that stays the same until its outcome is known: pressing twice, and sending
 * again after a lost answer, make one write.
 */
export function useWrite<Data, Input extends { idempotencyKey?: string | null }, Payload>({
  document,
  about,
  payloadOf,
  reportOf = (payload) => payload as unknown as WriteReport,
  needsAnswer = false,
  onDone,
  onRefused,
}: Options<Data, Input, Payload>) {
  const client = useClient();
  const [phase, setPhase] = useState<Phase<Payload>>({ is: "idle" });
  /** What was answered last, also when that was not the last word. */
  const [seen, setSeen] = useState<Payload | null>(null);
  const isSending = useRef(false);
  const key = useRef<string | null>(null);
  const lastInput = useRef<Omit<Input, "idempotencyKey"> | null>(null);
  const followed = useOneFollowed(phase.is === "followed" ? phase.key : null);

  // While the form is in view it shows what comes of its write; after that the page and the tray do.
  const ownKey = phase.is === "followed" ? phase.key : null;
  useEffect(() => {
    if (ownKey === null) return;
    update(ownKey, { isOwned: true });
    return () => update(ownKey, { isOwned: false });
  }, [ownKey]);

  const send = async (input: Omit<Input, "idempotencyKey">) => {
    if (isSending.current) return;
    isSending.current = true;
    const sentAs = (key.current ??= crypto.randomUUID());
    lastInput.current = input;
    setPhase({ is: "sending" });
    begin(sentAs, about);
    try {
      // The input is whole with its key.
      const variables = { input: { ...input, idempotencyKey: sentAs } as Input };
      const { data, error } = await client.mutation(document, variables).toPromise();
      const payload = data ? payloadOf(data) : null;
      if (payload) take(payload, sentAs);
      else if (error) await lookAfter(error, sentAs);
    } finally {
      isSending.current = false;
    }
  };

  const take = (payload: Payload, sentAs: string) => {
    setSeen(payload);
    const report = reportOf(payload);
    const state = report.operation?.state;
    // Under this key the gateway has another input: an earlier one did arrive, although its answer did not.
    const hasArrivedBefore = report.userErrors.some(({ code }) => code === "IDEMPOTENCY_MISMATCH");
    if (hasArrivedBefore) return keepFollowing(sentAs, "LOST");
    if (report.outcome === "UNKNOWN" || (state && IN_FLIGHT.includes(state))) {
      return keepFollowing(sentAs, state ?? "UNKNOWN");
    }
    end(sentAs);
    key.current = null;
    if (report.outcome === "REJECTED") {
      setPhase({ is: "refused", payload });
      onRefused?.(payload);
      return;
    }
    setPhase({ is: "done", payload });
    onDone?.(payload);
  };

  /** No answer to the mutation: the gateway is asked whether it has the write. */
  const lookAfter = async (error: CombinedError, sentAs: string) => {
    const { data, error: unasked } = await client
      .query(OperationNowDocument, { idempotencyKey: sentAs }, { requestPolicy: "network-only" })
      .toPromise();
    const isNotThere = data?.operation === null && !unasked;
    const state = data?.operation?.state;
    if (state && !IN_FLIGHT.includes(state)) return giveAgain(sentAs);
    if (!isNotThere) return keepFollowing(sentAs, state ?? "LOST");
    // The key stays: should the write arrive after all, the next one under this key is the same.
    end(sentAs);
    setPhase({ is: "failed", error });
  };

  /** The answer that was lost, to a write that is settled: under its key it is given again, and nothing is sent. */
  const giveAgain = async (sentAs: string) => {
    const variables = { input: { ...lastInput.current, idempotencyKey: sentAs } as Input };
    const { data } = await client.mutation(document, variables).toPromise();
    if (data) take(payloadOf(data), sentAs);
    else keepFollowing(sentAs, "LOST");
  };

  const keepFollowing = (sentAs: string, state: Parameters<typeof follow>[2]) => {
    follow(sentAs, about, state);
    setPhase({ is: "followed", key: sentAs });
  };

  const sendAgain = () => {
    if (lastInput.current) void send(lastInput.current);
  };

  // The reasons of a refusal are in the answer to the mutation alone; under the same key it is given again.
  const answers = needsAnswer ? ["REJECTED", "CONFIRMED", "PARTIAL"] : ["REJECTED"];
  const isAnswered = followed !== null && answers.includes(followed.state);
  useEffect(() => {
    if (isAnswered) sendAgain();
    // Only when it becomes known.
  }, [isAnswered]);

  const reset = () => {
    key.current = null;
    lastInput.current = null;
    setSeen(null);
    setPhase({ is: "idle" });
  };

  return {
    phase,
    seen,
    isBusy: phase.is === "sending",
    /** Neither may be sent anew: what became of the one before is not known. */
    isFollowed: phase.is === "followed",
    send: (input: Omit<Input, "idempotencyKey">) => void send(input),
    sendAgain,
    reset,
  };
}
