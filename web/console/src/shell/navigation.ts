import { useEffect, useRef } from "react";
import { useLocation } from "wouter";

let navigated = false;
let wentBack = false;

addEventListener("popstate", () => {
  wentBack = true;
});

/** Whether the reader came to this view from another one, and not by opening the page. */
export const wasNavigated = () => navigated;

/** Whether the reader came to this view by the browser's buttons. */
export const cameBack = () => wentBack;

/** Takes note of the reader's way through the views, and begins each new one at its top. */
export function useNavigation(): string {
  const [path] = useLocation();
  const before = useRef(path);
  if (before.current !== path) navigated = true;

  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    if (!wentBack) scrollTo(0, 0);
    wentBack = false;
  }, [path]);

  return path;
}
