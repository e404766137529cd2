import { Anchor, Button, Loader } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { Chip } from "../../components/chip";
import { vendorName } from "../../format/words";
import { end, type Followed, isOpen, useFollowed, type WriteKind } from "./store";
import { nameOf, VENDOR_SITES, wordsFor } from "./words";
import styles from "./outcome.module.css";

interface OutcomeProps {
  one: Followed;
  /** What else can be done, such as sending it again. */
  action?: ReactNode;
  onDismiss?: () => void;
}

/** A write whose outcome was not known at first: what happened, and what to do. */
export function Outcome({ one, action, onDismiss }: OutcomeProps) {
  const { chip, tone, happened, advice } = wordsFor(one);
  const site = one.vendor && VENDOR_SITES[one.vendor];
  const seenAt = one.madeId ?? (one.state === "ABSENT" ? null : one.referralId);
  const dismiss = () => {
    end(one.key);
    onDismiss?.();
  };

  return (
    <div className={styles.outcome} data-tone={tone} data-state={one.state}>
      <p className={styles.title}>
        {nameOf(one)} <Chip tone={tone}>{chip}</Chip>
        {isOpen(one) && <Loader size={14} color="gray" aria-hidden />}
      </p>
      <p className={styles.text}>{happened}</p>
      <p className={styles.text}>{advice}</p>
      <p className={styles.actions}>
        {seenAt && !isOpen(one) && <Link href={`/referrals/${seenAt}`}>Open the referral</Link>}
        {one.state === "NEEDS_REVIEW" && site && one.vendor && (
          <Anchor href={site} target="_blank" rel="noreferrer" inherit>
            Open {vendorName(one.vendor)}
            <span className="unseen"> (opens a new tab)</span>
          </Anchor>
        )}
        {action}
        {!isOpen(one) && (
          <Button variant="default" size="compact-sm" onClick={dismiss}>
            Dismiss
          </Button>
        )}
      </p>
      <p className={styles.reference}>key {one.key}</p>
    </div>
  );
}

interface OpenWritesProps {
  /** Those of these kinds. */
  kinds: readonly WriteKind[];
  /** Those about this referral. */
  referralId?: string;
}

/** In a view: the writes that were made there, also before the page was reloaded, and are not settled. */
export function OpenWrites({ kinds, referralId }: OpenWritesProps) {
  const here = useFollowed().filter(
    (one) => kinds.includes(one.kind) && !one.isOwned && (!referralId || one.referralId === referralId),
  );
  return here.map((one) => <Outcome key={one.key} one={one} />);
}
