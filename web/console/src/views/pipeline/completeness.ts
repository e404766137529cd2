import type { SourceFragment, SourceStatus, Vendor } from "../../graphql/generated/graphql";

// What the vendors' reports say of the numbers made from their rows.

const FINE: readonly SourceStatus[] = ["OK", "UNSUPPORTED", "NOT_CONFIGURED"];

/** How much of a vendor's part is missing: nothing; nothing, but it is old; some; all. */
function severity({ status }: SourceFragment): number {
  if (FINE.includes(status)) return 0;
  if (status === "STALE") return 1;
  return status === "PARTIAL" ? 2 : 3;
}

/** For each vendor the worse of two reports, with the older time. */
export function mergeSources(before: readonly SourceFragment[], next: readonly SourceFragment[]): SourceFragment[] {
  const merged = new Map(before.map((source) => [source.vendor, source]));
  for (const source of next) {
    const known = merged.get(source.vendor);
    const worse = known && severity(known) >= severity(source) ? known : source;
    merged.set(source.vendor, { ...worse, fetchedAt: earlier(known?.fetchedAt, source.fetchedAt) });
  }
  return [...merged.values()];
}

function earlier(a: string | null | undefined, b: string | null | undefined): string | null {
  if (!a || !b) return a ?? b ?? null;
  return new Date(a) <= new Date(b) ? a : b;
}

const vendorsAt = (sources: readonly SourceFragment[], is: (severity: number) => boolean): Vendor[] =>
  sources.filter((source) => is(severity(source))).map((source) => source.vendor);

/** Vendors of which rows are missing, all or some. */
export const missing = (sources: readonly SourceFragment[]) => vendorsAt(sources, (severity) => severity >= 2);

/** Vendors whose rows are from an older reading. */
export const outdated = (sources: readonly SourceFragment[]) => vendorsAt(sources, (severity) => severity === 1);

/** Whether a vendor has a part in the pictures at all. */
export function takesPart(sources: readonly SourceFragment[], vendor: Vendor): boolean {
  const source = sources.find((one) => one.vendor === vendor);
  return source !== undefined && source.status !== "NOT_CONFIGURED" && source.status !== "UNSUPPORTED";
}
