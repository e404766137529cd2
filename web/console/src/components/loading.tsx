import { Skeleton } from "@mantine/core";
import styles from "./loading.module.css";

/** Lines where text will be. The sentence is for those who do not see them; one for all lines of a page will do. */
export function Lines({ count = 3, about }: { count?: number; about?: string }) {
  return (
    <div className={styles.lines} role={about && "status"}>
      {about && <span className="unseen">{about}</span>}
      {Array.from({ length: count }, (_, at) => (
        <Skeleton key={at} height={12} width={`${[92, 74, 83, 61][at % 4]}%`} />
      ))}
    </div>
  );
}

/** A view whose script is on its way. */
export function PageSkeleton() {
  return (
    <div className={styles.page}>
      <Skeleton height={24} width={220} />
      <Lines count={8} about="Loading the page…" />
    </div>
  );
}
