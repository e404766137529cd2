// What a form holds: the input of a mutation as it is being filled in. Fields are named by their path in it, in the way in
// which `userErrors` name them.

export type Values = { readonly [field: string]: unknown };

const isNumber = (part: string) => /^\d+$/.test(part);

/** `valueAt({ team: [{ email: "a" }] }, "team.0.email")` */
export function valueAt(values: unknown, path: string): unknown {
  return path.split(".").reduce((found: unknown, part) => {
    if (Array.isArray(found)) return found[Number(part)];
    if (found && typeof found === "object") return (found as Values)[part];
    return undefined;
  }, values);
}

/** The values with another one at this path. What is on the way there is made. */
export function withValue<Whole>(values: Whole, path: string, value: unknown): Whole {
  return put(values, path.split("."), value) as Whole;
}

function put(whole: unknown, [part, ...rest]: string[], value: unknown): unknown {
  if (part === undefined) return value;
  if (Array.isArray(whole) || (whole === undefined && isNumber(part))) {
    const items = [...((whole as unknown[] | undefined) ?? [])];
    items[Number(part)] = put(items[Number(part)], rest, value);
    return items;
  }
  const fields = (whole ?? {}) as Values;
  return { ...fields, [part]: put(fields[part], rest, value) };
}

/**
 * Without what was left empty: the vendors take their own defaults for what is not sent. Fields whose names begin with `_`
 * help to fill in others, and are no part of the input.
 */
export function filledIn(value: unknown): unknown {
  if (typeof value === "string") return value.trim() || undefined;
  if (Array.isArray(value)) {
    // An empty item stays: what is wrong with it is told by its place.
    return value.length ? value.map((item) => filledIn(item) ?? (typeof item === "object" ? {} : "")) : undefined;
  }
  if (!value || typeof value !== "object") return value ?? undefined;
  const fields = Object.entries(value)
    .filter(([name]) => !name.startsWith("_"))
    .map(([name, field]) => [name, filledIn(field)] as const)
    .filter(([, field]) => field !== undefined);
  return fields.length ? Object.fromEntries(fields) : undefined;
}
