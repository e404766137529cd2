import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { CombinedError } from "urql";
import { describe, type Failure } from "../graphql/failure";
import styles from "./notice.module.css";

interface NoticeProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** In place of content: there is nothing to show, and why. */
export function Empty({ title, children, action }: NoticeProps) {
  return (
    <div className={styles.notice}>
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.text}>{children}</div>}
      {action}
    </div>
  );
}

interface FailedProps {
  error: Pick<CombinedError, "graphQLErrors"> | Failure;
  onRetry?: () => void;
}

/** In place of content that could not be had. */
export function Failed({ error, onRetry }: FailedProps) {
  const { title, message, code, retryAfterSeconds, requestId } = "graphQLErrors" in error ? describe(error) : error;
  return (
    <div className={styles.notice} data-tone="bad" role="alert">
      <p className={styles.title}>{title}</p>
      <p className={styles.text}>{message}</p>
      {retryAfterSeconds !== null && <p className={styles.text}>It asks to be left alone for {retryAfterSeconds} s.</p>}
      {onRetry && (
        <Button variant="default" size="xs" onClick={onRetry}>
          Try again
        </Button>
      )}
      {(code ?? requestId) && (
        <p className={styles.reference}>
          {code}
          {requestId && <> · request {requestId}</>}
        </p>
      )}
    </div>
  );
}
