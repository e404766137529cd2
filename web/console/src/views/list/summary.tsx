import { Button } from "@mantine/core";
import { RefreshCw } from "lucide-react";
import { SourceChips, SourceProblems } from "../../components/sources";
import { describe } from "../../graphql/failure";
import type { usePages } from "./use-pages";
import styles from "./summary.module.css";

type List = ReturnType<typeof usePages>;

function count({ rows, totalCount, isLoading, hasMore, error }: List): string {
  if (rows.length === 0 && isLoading) return "Loading referrals…";
  if (rows.length === 0 && error) return "";
  const total = totalCount ?? (hasMore ? null : rows.length);
  if (total === null) return `${rows.length.toLocaleString()} referrals so far`;
  if (hasMore) return `${rows.length.toLocaleString()} of ${total.toLocaleString()} referrals`;
  return total === 1 ? "1 referral" : `${total.toLocaleString()} referrals`;
}

/** How many rows there are, and what came of each vendor's part. */
export function Summary({ list }: { list: List }) {
  const { rows, sources, error, isLoading, isRefreshing, pages } = list;
  return (
    <div>
      <div className={styles.line}>
        <span className={styles.count} role="status">
          {count(list)}
        </span>
        <SourceChips sources={sources} />
        <Button
          className={styles.refresh}
          variant="subtle"
          size="compact-sm"
          fw={500}
          leftSection={<RefreshCw size={14} aria-hidden />}
          loading={isRefreshing}
          disabled={isLoading}
          onClick={pages.reload}
        >
          Read again
        </Button>
      </div>
      <div role="status">
        {error && rows.length > 0 && (
          <p className={styles.failure}>
            {describe(error).title}. {describe(error).message} What is shown was read before.
          </p>
        )}
        <SourceProblems sources={sources} />
      </div>
    </div>
  );
}
