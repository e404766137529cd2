import { useMemo, useState, useSyncExternalStore } from "react";
import { useClient } from "urql";
import type { ReferralFilter } from "../../graphql/generated/graphql";
import { cameBack } from "../../shell/navigation";
import { Walk } from "./walk";

// What was last read, for whoever comes back from a list that a bar led to.
let last: { key: string; walk: Walk } | null = null;

export function useWalk(filter: ReferralFilter) {
  const client = useClient();
  const key = JSON.stringify(filter);
  const [reading, setReading] = useState(0);

  const walk = useMemo(() => {
    if (last?.key === key && last.walk.client === client && cameBack()) return last.walk;
    const fresh = new Walk(client, JSON.parse(key) as ReferralFilter);
    last = { key, walk: fresh };
    return fresh;
    // `reading` counts how often everything was to be read anew.
  }, [client, key, reading]);

  const progress = useSyncExternalStore(walk.subscribe, walk.read);
  const again = () => {
    last = null;
    setReading((count) => count + 1);
  };
  return { walk, progress, again };
}
