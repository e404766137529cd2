import { useEffect } from "react";
import { useLocation } from "wouter";

let navigated = false;
let back = false;

// The router announces pushState as an event; the browser's buttons are popstate.
addEventListener("pushState", () => {
  navigated = true;
  back = false;
});
addEventListener("popstate", () => {
  navigated = true;
  back = true;
});

/** Whether the reader came to this view from another one, and not by opening the page. */
export const wasNavigated = () => navigated;

/** Whether the reader came to this view by the browser's buttons. */
export const cameBack = () => back;

/** The path; each one that is gone to begins at its top. */
export function useNavigation(): string {
  const [path] = useLocation();

  useEffect(() => {
    if (navigated && !back) scrollTo(0, 0);
  }, [path]);

  return path;
}
