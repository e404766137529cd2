import { Section } from "../../components/section";
import { vendorName } from "../../format/words";
import { PartyCard } from "./party-card";
import type { Referral } from "./referral";
import styles from "./parties.module.css";

/** REFERRER introduces REFERRED to RECIPIENT. */
export function Parties({ referral }: { referral: Referral }) {
  const { referrer, referred, recipient, vendor } = referral;
  return (
    <Section title="Parties">
      <div className={styles.parties}>
        <Role name="Introduced by">
          {referrer ? <PartyCard party={referrer} /> : <p className={styles.nobody}>Nobody is named</p>}
        </Role>
        <Role name="Referred">
          {referred.length === 0 && <p className={styles.nobody}>Nobody is named</p>}
          {referred.map((party, at) => (
            <PartyCard key={at} party={party} />
          ))}
        </Role>
        <Role name="Introduced to">
          {recipient ? (
            <PartyCard party={recipient} />
          ) : (
            <p className={styles.nobody}>
              {vendor === "SAASQUATCH" ? `${vendorName(vendor)} has no recipients` : "Nobody is named"}
            </p>
          )}
        </Role>
      </div>
    </Section>
  );
}

function Role({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className={styles.role}>
      <h3 className={styles.name}>{name}</h3>
      {children}
    </div>
  );
}
