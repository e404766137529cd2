import { useId } from "react";
import { Link } from "wouter";
import { Chip, type Tone } from "../../components/chip";
import { Facts } from "../../components/facts";
import { VendorChip } from "../../components/vendor-chip";
import { None } from "../../components/money";
import { Moment } from "../../components/moment";
import { healthName, sourceStatusName, vendorName } from "../../format/words";
import type { SourceFragment, VendorHealth } from "../../graphql/generated/graphql";
import { circuitName, formatWhen, type Meaning, type VendorState } from "./words";
import styles from "./vendor-panel.module.css";

interface VendorPanelProps {
  status: VendorState;
  source: SourceFragment | undefined;
  meaning: Meaning;
}

const TONES: Record<VendorHealth, Tone> = { HEALTHY: "good", DEGRADED: "warn", DOWN: "bad", UNKNOWN: "neutral" };

/** One vendor: what it means in words, then the facts. */
export function VendorPanel({ status, source, meaning }: VendorPanelProps) {
  const { vendor, configured, health, circuit, pausedUntil, latencyMs } = status;
  const heading = useId();
  return (
    <section className={styles.panel} aria-labelledby={heading} data-vendor-status={vendor}>
      <header className={styles.head}>
        <h2 id={heading} className={styles.name}>
          <VendorChip vendor={vendor} />
        </h2>
        <Chip tone={configured ? TONES[health] : "neutral"}>{configured ? healthName(health) : "Not configured"}</Chip>
      </header>
      <p className={styles.meaning} data-tone={meaning.tone}>
        {meaning.state} <span className={styles.lists}>{meaning.lists}</span>
      </p>
      {configured && (
        <Facts
          facts={[
            ["Circuit", circuit ? circuitName(circuit) : <None />],
            ["Median answer", latencyMs == null ? <None /> : `${latencyMs.toLocaleString()} ms`],
            ["Left alone until", pausedUntil && <time dateTime={pausedUntil}>{formatWhen(pausedUntil)}</time>],
            ["Rate limit", <RateLimit limit={status.rateLimit} />],
            ["In lists", source ? <InLists source={source} /> : <None />],
          ]}
        />
      )}
      {configured && (
        <Link className={styles.link} href={`/?vendor=${vendor}`}>
          Referrals of {vendorName(vendor)}
        </Link>
      )}
    </section>
  );
}

function InLists({ source }: { source: SourceFragment }) {
  return (
    <>
      {sourceStatusName(source.status)}
      {source.fetchedAt && (
        <>
          , read <Moment at={source.fetchedAt} as="relative" />
        </>
      )}
      {source.retryAfterSeconds != null && <>, to be asked again in {source.retryAfterSeconds} s</>}
    </>
  );
}

function RateLimit({ limit }: { limit: VendorState["rateLimit"] }) {
  if (!limit) return <span className={styles.quiet}>It says nothing of one</span>;
  const { remaining, resetAt } = limit;
  const isLow = remaining != null && limit.limit != null && remaining * 10 < limit.limit;
  return (
    <>
      {remaining == null ? "Not told how many are left" : `${remaining.toLocaleString()} calls left`}
      {limit.limit != null && ` of ${limit.limit.toLocaleString()}`}
      {isLow && <> (low)</>}
      {resetAt && (
        <>
          , anew at <time dateTime={resetAt}>{formatWhen(resetAt)}</time>
        </>
      )}
    </>
  );
}
