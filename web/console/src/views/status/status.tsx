import { Button } from "@mantine/core";
import { Pause, Play } from "lucide-react";
import { useEffect, useState } from "react";
import { Lines } from "../../components/loading";
import { Failed } from "../../components/notice";
import { PageHeader } from "../../components/page-header";
import { Section } from "../../components/section";
import { StatusDocument, StatusOfListsDocument } from "../../graphql/generated/graphql";
import { Outcome } from "../operations/outcome";
import { useFollowed } from "../operations/store";
import { Capabilities } from "./capabilities";
import { Gateway } from "./gateway";
import { usePoll } from "./use-poll";
import { VendorPanel } from "./vendor-panel";
import { meaningOf, summaryOf } from "./words";
import styles from "./status.module.css";

const EVERY_MS = 10_000;

/** How the vendors and the gateway itself are doing, and what that means for those who use it. */
export default function Status() {
  const [isPaused, setPaused] = useState(false);
  const vendors = usePoll(StatusDocument, EVERY_MS, isPaused);
  const lists = usePoll(StatusOfListsDocument, EVERY_MS, isPaused);

  const followed = useFollowed();
  const all = vendors.data?.vendors;
  const sources = lists.data?.referrals.sources ?? [];
  const sourceOf = (vendor: string) => sources.find((source) => source.vendor === vendor);
  const meanings = all?.map((vendor) => meaningOf(vendor, sourceOf(vendor.vendor)));
  const summary = all && meanings && summaryOf(meanings, all);
  const isUnasked = all?.some(({ configured, health }) => configured && health === "UNKNOWN");
  const { ask: askVendors } = vendors;

  // Asking for the lists has had the vendors asked.
  useEffect(() => {
    if (isUnasked && lists.readAt) askVendors();
    // Once for each answer, and not whenever something else has changed.
  }, [lists.readAt]);

  const isUnreachable = vendors.error !== undefined;

  return (
    <>
      <PageHeader
        title="Status"
        aside={
          <Button
            variant="default"
            size="compact-sm"
            leftSection={isPaused ? <Play size={13} aria-hidden /> : <Pause size={13} aria-hidden />}
            aria-label={isPaused ? "Resume asking every 10 seconds" : "Pause asking every 10 seconds"}
            onClick={() => {
              if (isPaused) [vendors, lists].forEach(({ ask }) => ask());
              setPaused(!isPaused);
            }}
          >
            {isPaused ? "Resume" : "Pause"}
          </Button>
        }
        query={{ document: StatusDocument }}
      />
      <Gateway vendors={vendors} lists={lists} isPaused={isPaused} />
      {followed.length > 0 && (
        <Section title="Writes">
          {followed.map((one) => (
            <Outcome key={one.key} one={one} />
          ))}
        </Section>
      )}
      {!all && !vendors.error && <Lines count={8} about="Asking the gateway…" />}
      {!all && vendors.error && (
        <Failed
          error={vendors.error}
          onRetry={() => {
            vendors.ask();
            lists.ask();
          }}
        />
      )}
      {all && meanings && (
        <>
          <div role="status">
            {!isUnreachable && summary && (
              <div className={styles.summary} data-tone={summary.tone}>
                {summary.lines.map((line) => (
                  <p key={line}>{line}</p>
                ))}
              </div>
            )}
          </div>
          <div className={styles.vendors} data-old={isUnreachable || undefined}>
            {all.map((vendor, at) => (
              <VendorPanel
                key={vendor.vendor}
                status={vendor}
                source={sourceOf(vendor.vendor)}
                meaning={meanings[at]!}
              />
            ))}
          </div>
          <Capabilities vendors={all} />
        </>
      )}
    </>
  );
}
