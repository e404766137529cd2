import { Check } from "lucide-react";
import { Section } from "../../components/section";
import { None } from "../../components/money";
import { vendorName } from "../../format/words";
import { CAPABILITY_ORDER, capabilityName, type VendorState } from "./words";
import styles from "./capabilities.module.css";

/** What each vendor can do through this gateway, side by side. */
export function Capabilities({ vendors }: { vendors: VendorState[] }) {
  const configured = vendors.filter((vendor) => vendor.configured);
  const there = new Set(configured.flatMap((vendor) => vendor.capabilities));
  // One that came after this was built is the last.
  const all = [...new Set([...CAPABILITY_ORDER, ...there])].filter((capability) => there.has(capability));
  if (all.length === 0) return null;
  return (
    <Section title="What the vendors can do">
      <div className={styles.scroller} tabIndex={0} role="region" aria-label="What the vendors can do, a table">
        <table className={styles.table}>
          <thead>
            <tr>
              <td />
              {configured.map(({ vendor }) => (
                <th key={vendor} scope="col">
                  {vendorName(vendor)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.map((capability) => (
              <tr key={capability}>
                <th scope="row">{capabilityName(capability)}</th>
                {configured.map(({ vendor, capabilities }) => (
                  <td key={vendor}>
                    {capabilities.includes(capability) ? <Check size={14} role="img" aria-label="yes" /> : <None />}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
