import { useEffect } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { VendorChip } from "../components/vendor-chip";
import { VendorHealthDocument } from "../graphql/generated/graphql";
import styles from "./vendor-strip.module.css";

const EVERY_MS = 30_000;
// Right after the gateway's start nothing is known of the vendors; the views are just about to have them asked.
const WHILE_UNKNOWN_MS = 3_000;

/** How the vendors are doing, in view wherever one is. Asking costs the gateway no call to a vendor. */
export function VendorStrip() {
  const [{ data }, ask] = useQuery({ query: VendorHealthDocument, requestPolicy: "cache-and-network" });

  const isUnknown = data?.vendors.some(({ configured, health }) => configured && health === "UNKNOWN");

  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") ask({ requestPolicy: "network-only" });
    }, isUnknown ? WHILE_UNKNOWN_MS : EVERY_MS);
    return () => clearInterval(timer);
  }, [ask, isUnknown]);

  if (!data) return null;
  return (
    <Link href="/status" className={styles.strip}>
      <span className="unseen">Vendors:</span>
      {data.vendors.map(({ vendor, health, configured }) => (
        <VendorChip key={vendor} vendor={vendor} health={health} configured={configured} />
      ))}
    </Link>
  );
}
