import { useQuery } from "urql";
import { useSearchParams } from "wouter";
import { Lines } from "../../components/loading";
import { Empty, Failed } from "../../components/notice";
import { PageHeader } from "../../components/page-header";
import { VendorChip } from "../../components/vendor-chip";
import { vendorName } from "../../format/words";
import { type Vendor, VendorHealthDocument } from "../../graphql/generated/graphql";
import { OpenWrites } from "../operations/outcome";
import { IntrozyForm } from "./introzy";
import { PartnerCenterForm } from "./partner-center";
import { PlannrForm } from "./plannr";
import { SaasquatchForm } from "./saasquatch";
import styles from "./new.module.css";

const HINTS: Record<Vendor, string> = {
  INTROZY: "Introduce two people",
  PLANNR: "Pass clients to a firm",
  PARTNER_CENTER: "A lead or co-sell deal",
  SAASQUATCH: "A user with a code",
};

const FORMS: Record<Vendor, () => React.ReactNode> = {
  INTROZY: IntrozyForm,
  PLANNR: PlannrForm,
  PARTNER_CENTER: PartnerCenterForm,
  SAASQUATCH: SaasquatchForm,
};

export default function New() {
  const [search, setSearch] = useSearchParams();
  const [{ data, error }, ask] = useQuery({ query: VendorHealthDocument });
  const vendors = data?.vendors.filter((it) => it.configured && it.capabilities.includes("CREATE_REFERRAL"));
  const wanted = search.get("vendor");
  const chosen = vendors?.find(({ vendor }) => vendor === wanted)?.vendor;

  return (
    <div className={styles.page}>
      <PageHeader title="New referral" query={{ document: VendorHealthDocument }} />
      <OpenWrites kinds={["createReferral", "requestConnection"]} />
      {error && !data && <Failed error={error} onRetry={() => ask({ requestPolicy: "network-only" })} />}
      {!data && !error && <Lines count={4} about="Loading the vendors…" />}
      {vendors?.length === 0 && <Empty title="No vendor that is configured takes new referrals" />}
      {vendors && vendors.length > 0 && (
        <fieldset className={styles.vendors}>
          <legend className="unseen">Vendor</legend>
          {vendors.map(({ vendor }) => (
            <label key={vendor} className={styles.vendor}>
              <input
                type="radio"
                name="vendor"
                value={vendor}
                checked={vendor === chosen}
                aria-label={`${vendorName(vendor)}: ${HINTS[vendor].toLowerCase()}`}
                onChange={() => setSearch({ vendor }, { replace: true })}
              />
              <VendorChip vendor={vendor} />
              <span className={styles.vendorHint}>{HINTS[vendor]}</span>
            </label>
          ))}
        </fieldset>
      )}
      {chosen ? (
        <div className={styles.panel}>
          <FormOf key={chosen} vendor={chosen} />
        </div>
      ) : (
        vendors && vendors.length > 0 && <Empty title="Choose a vendor">Each has a form of its own.</Empty>
      )}
    </div>
  );
}

function FormOf({ vendor }: { vendor: Vendor }) {
  const Form = FORMS[vendor];
  return <Form />;
}
