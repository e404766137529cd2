import type { CombinedError } from "urql";
import { withVendorNames } from "../../format/words";
import styles from "./referral.module.css";

/** The referral is there, and some of it could not be had. */
export function PartlyFailed({ error }: { error: CombinedError }) {
  const messages = error.graphQLErrors.map(({ path, message }) => {
    const field = path?.filter((part) => typeof part === "string").at(-1);
    return field ? `${field}: ${withVendorNames(message)}` : withVendorNames(message);
  });
  return (
    <div className={styles.warning} role="alert">
      {messages.length === 0
        ? "The gateway cannot be reached. What is shown was read before."
        : `Some of it could not be read. ${messages.join(" ")}`}
    </div>
  );
}
