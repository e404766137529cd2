import { useEffect } from "react";
import { useClient } from "urql";
import { useSession } from "../../graphql/session";
import { OperationNowDocument } from "../../graphql/generated/graphql";
import { announce } from "./announce";
import { type Followed, forgetAll, isOpen, update, useFollowed } from "./store";
import { nameOf, wordsFor } from "./words";

const FIRST_PAUSE_MS = 700;
const GROWTH = 1.6;
const LONGEST_PAUSE_MS = 20_000;

let seenKey: string | null = null;

/** Asks after the writes whose outcome is not known, for as long as the console is open. */
export function Follower() {
  const followed = useFollowed();
  const { key } = useSession();

  useEffect(() => {
    if (seenKey !== null && seenKey !== key) forgetAll();
    seenKey = key;
  }, [key]);

  return followed.filter(isOpen).map((one) => <FollowOne key={one.key} one={one} />);
}

function FollowOne({ one }: { one: Followed }) {
  const client = useClient();
  const { key: idempotencyKey } = one;

  useEffect(() => {
    let pause = FIRST_PAUSE_MS;
    let timer: ReturnType<typeof setTimeout>;
    let hasLeft = false;

    const ask = async () => {
      const { data, error } = await client
        .query(OperationNowDocument, { idempotencyKey }, { requestPolicy: "network-only" })
        .toPromise();
      if (hasLeft) return;
      // Its referral may fail to be read while the write itself is known.
      const operation = data?.operation;
      const isKnown = operation || (operation === null && !error);
      if (isKnown) {
        const state = operation?.state ?? "ABSENT";
        update(idempotencyKey, { state, madeId: operation?.referral?.id ?? null });
        if (!isOpen({ state })) {
          announce(`${nameOf(one)}: ${wordsFor({ ...one, state }).happened}`);
          return;
        }
      }
      timer = setTimeout(ask, pause);
      pause = Math.min(pause * GROWTH, LONGEST_PAUSE_MS);
    };

    timer = setTimeout(ask, pause);
    return () => {
      hasLeft = true;
      clearTimeout(timer);
    };
    // The rest of it does not change; its state does, and must not begin this anew.
  }, [client, idempotencyKey]);

  return null;
}
