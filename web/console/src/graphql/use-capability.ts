import { useQuery } from "urql";
import { type Capability, type Vendor, VendorHealthDocument } from "./generated/graphql";

/** Whether a vendor can do something through the gateway; undefined as long as that is not known. */
export function useCapability(vendor: Vendor, capability: Capability): boolean | undefined {
  const [{ data }] = useQuery({ query: VendorHealthDocument });
  return data?.vendors.find((one) => one.vendor === vendor)?.capabilities.includes(capability);
}
