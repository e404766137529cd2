import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { usePages } from "./use-pages";
import styles from "./more.module.css";

/** The end of the list: loads the next page as it comes near, or at a press where that failed. */
export function More({ list }: { list: ReturnType<typeof usePages> }) {
  const { pages, rows, hasMore, isLoading, error } = list;
  const end = useRef<HTMLDivElement>(null);
  const isAutomatic = hasMore && !isLoading && !error;

  useEffect(() => {
    if (!isAutomatic || !end.current) return;
    // Made anew for every page, since it tells of changes only: after a short page the end is still in view.
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && pages.more(), {
      rootMargin: "800px",
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [isAutomatic, pages, rows.length]);

  return (
    <div ref={end} className={styles.more}>
      {hasMore ? (
        <Button variant="default" size="xs" loading={isLoading} onClick={pages.more}>
          Load more
        </Button>
      ) : (
        <span>All {rows.length.toLocaleString()} are shown</span>
      )}
    </div>
  );
}
