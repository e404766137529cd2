import { useState } from "react";
import { useQuery } from "urql";
import { Lines } from "../../components/loading";
import { Failed } from "../../components/notice";
import { Section } from "../../components/section";
import { ReferralRawDocument } from "../../graphql/generated/graphql";
import styles from "./referral.module.css";

/** The vendor's own JSON, asked for when somebody wants to see it. */
export function Raw({ id }: { id: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title="Vendor's record">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Show the vendor's own JSON</summary>
        {isOpen && <Json id={id} />}
      </details>
    </Section>
  );
}

function Json({ id }: { id: string }) {
  const [{ data, error, fetching }, ask] = useQuery({
    query: ReferralRawDocument,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const raw = data?.referral?.raw;
  if (raw !== null && raw !== undefined) {
    return (
      <pre className={styles.raw} tabIndex={0} aria-label="The vendor's own JSON">
        {JSON.stringify(raw, null, 2)}
      </pre>
    );
  }
  if (fetching) return <Lines about="Loading the vendor's record…" />;
  if (error) return <Failed error={error} onRetry={() => ask({ requestPolicy: "network-only" })} />;
  return <p className={styles.quiet}>There is none.</p>;
}
