import { Moment } from "../../components/moment";
import { describe } from "../../graphql/failure";
import type { Polled } from "./use-poll";
import { formatWhen } from "./words";
import styles from "./status.module.css";

interface GatewayProps {
  vendors: Polled<unknown>;
  lists: Polled<unknown>;
  isPaused: boolean;
}

/** The gateway itself: whether it answers, and how old this page is. */
export function Gateway({ vendors, lists, isPaused }: GatewayProps) {
  const { error, readAt, tookMs, isOverdue } = vendors;
  return (
    <>
      <p className={styles.gateway}>
        {readAt && !error && !isOverdue && <>The gateway answers, here within {tookMs} ms. </>}
        {readAt && (
          <>
            {isPaused ? "Paused; as of" : "As of"} <time dateTime={readAt}>{formatWhen(readAt)}</time>.{" "}
          </>
        )}
      </p>
      <div role="alert">
        {error && readAt && (
          <p className={styles.summary} data-tone="bad">
            {describe(error).title}. {describe(error).message} What is below was so <Moment at={readAt} as="relative" />.
          </p>
        )}
        {!error && isOverdue && (
          <p className={styles.summary} data-tone="warn">
            The gateway has been asked and has not answered yet.
          </p>
        )}
        {!error && lists.error && (
          <p className={styles.summary} data-tone="warn">
            What lists show could not be asked. {describe(lists.error).title}. {describe(lists.error).message}
          </p>
        )}
      </div>
    </>
  );
}
