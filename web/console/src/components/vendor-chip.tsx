import { healthName, vendorName } from "../format/words";
import type { Vendor, VendorHealth } from "../graphql/generated/graphql";
import styles from "./vendor-chip.module.css";

interface VendorChipProps {
  vendor: Vendor;
  /** With it, the mark has the colour of the vendor's health and not the vendor's own. */
  health?: VendorHealth;
  configured?: boolean;
}

/** A vendor's name behind its mark. */
export function VendorChip({ vendor, health, configured = true }: VendorChipProps) {
  const state = !configured ? "Not configured" : health && healthName(health);
  return (
    <span className={styles.vendor} title={state && `${vendorName(vendor)}: ${state}`}>
      <span
        className={styles.mark}
        data-vendor={health ? undefined : vendor}
        data-health={health && (configured ? health : "UNKNOWN")}
        aria-hidden
      />
      {vendorName(vendor)}
      {state && <span className="unseen">: {state}</span>}
    </span>
  );
}
