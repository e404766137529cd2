import { useMemo, useSyncExternalStore } from "react";
import { useClient } from "urql";
import { cameBack } from "../../shell/navigation";
import { Pages, type Question } from "./pages";

// The list that was last in view, with its rows and its place, for whoever goes back to it.
let last: { key: string; pages: Pages } | null = null;

export function usePages(question: Question) {
  const client = useClient();
  const key = JSON.stringify(question);

  const pages = useMemo(() => {
    if (last?.key === key && last.pages.client === client && cameBack()) return last.pages;
    const fresh = new Pages(client, JSON.parse(key) as Question);
    last = { key, pages: fresh };
    return fresh;
  }, [client, key]);

  return { pages, ...useSyncExternalStore(pages.subscribe, pages.read) };
}
