import type { CombinedError } from "urql";
import { withVendorNames } from "../format/words";
import type { Vendor } from "./generated/graphql";

/** What went wrong, in words for the one who looks at it. */
export interface Failure {
  title: string;
  message: string;
  /** One of the codes in `extensions.code`; null when no answer came. */
  code: string | null;
  vendor: Vendor | null;
  retryAfterSeconds: number | null;
  /** Leads to the gateway's log. */
  requestId: string | null;
}

interface Extensions {
  code?: string;
  vendor?: Vendor;
  retryAfterSeconds?: number;
  requestId?: string;
}

const TITLES: Record<string, string> = {
  UNAUTHENTICATED: "You are not signed in",
  FORBIDDEN: "You may not see this",
  DEADLINE_EXCEEDED: "It took too long",
  RATE_LIMITED: "Too many requests",
  OVERLOADED: "The gateway is busy",
  BAD_USER_INPUT: "The gateway refused the request",
  VENDOR_UNAVAILABLE: "The vendor is not available",
  VENDOR_TIMEOUT: "The vendor did not answer in time",
  VENDOR_RATE_LIMITED: "The vendor was asked too often",
  VENDOR_UNAUTHORIZED: "The vendor refused the gateway's credentials",
  VENDOR_INVALID_RESPONSE: "The vendor's answer could not be read",
  VENDOR_NOT_CONFIGURED: "The vendor is not configured",
  VENDOR_CIRCUIT_OPEN: "The vendor is left alone for now",
};

function extensionsOf(error: CombinedError): Extensions[] {
  return error.graphQLErrors.map((one) => one.extensions as Extensions);
}

export function hasCode(error: CombinedError, code: string): boolean {
  return extensionsOf(error).some((extensions) => extensions.code === code);
}

export function describe(error: Pick<CombinedError, "graphQLErrors">): Failure {
  const first = error.graphQLErrors[0];
  if (!first) {
    return {
      title: "The gateway cannot be reached",
      message: "No answer came. Check that the gateway runs and that you are online, then try again.",
      code: null,
      vendor: null,
      retryAfterSeconds: null,
      requestId: null,
    };
  }
  const extensions = first.extensions as Extensions;
  return {
    title: TITLES[extensions.code ?? ""] ?? "Something went wrong",
    message: withVendorNames(first.message),
    code: extensions.code ?? null,
    vendor: extensions.vendor ?? null,
    retryAfterSeconds: extensions.retryAfterSeconds ?? null,
    requestId: extensions.requestId ?? null,
  };
}

/** The failure of one field, in an answer whose other fields are there: `failureAt(error, "referral", "notes")`. */
export function failureAt(error: CombinedError | undefined, ...path: string[]): Failure | null {
  const found = error?.graphQLErrors.find((one) => path.every((part, at) => one.path?.[at] === part));
  return found ? describe({ graphQLErrors: [found] }) : null;
}
