import type { Client, CombinedError, OperationResult, RequestPolicy } from "urql";
import { onEnd, pipe, subscribe, type Subscription } from "wonka";
import {
  ReferralListDocument,
  type ReferralListQuery,
  type ReferralListQueryVariables,
  type ReferralRowFragment,
  type SourceFragment,
} from "../../graphql/generated/graphql";

export type Question = Pick<ReferralListQueryVariables, "filter" | "orderBy">;

/** As much of a list as has been read. */
export interface Snapshot {
  rows: ReferralRowFragment[];
  /** One entry for each vendor: the worst that befell it on any page. */
  sources: SourceFragment[];
  totalCount: number | null;
  /** The next page, or the first, is under way. */
  isLoading: boolean;
  /** What is shown is being read anew. */
  isRefreshing: boolean;
  hasMore: boolean;
  /** Why the next page, or the first, is not there, or why what is shown could not be read anew. */
  error: CombinedError | undefined;
}

type Result = OperationResult<ReferralListQuery, ReferralListQueryVariables>;

const PAGE_SIZE = 50;
const FINE = ["OK", "UNSUPPORTED", "NOT_CONFIGURED"];

/**
 * The pages of one list, read one after the other. Each page is asked for by the last cursor of the one before it: when
 * a page comes back different, those behind it are asked for anew, and no row is lost between them.
 */
export class Pages {
  /** Where the reader was, for when they come back. */
  scrollTop = 0;

  private readonly results = new Map<string | null, Result>();
  /** The pages that an answer is awaited for. */
  private readonly waiting = new Set<string | null>();
  private readonly subscriptions = new Map<string | null, Subscription>();
  private readonly listeners = new Set<() => void>();
  private wanted = 1;
  private failure: CombinedError | undefined;
  private policy: RequestPolicy = "cache-and-network";
  private snapshot: Snapshot;

  constructor(
    readonly client: Client,
    readonly question: Question,
  ) {
    this.snapshot = this.take();
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    this.advance();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      this.close();
      // Whoever comes back finds what was there before; what was written meanwhile is in the cache.
      this.policy = "cache-first";
    };
  };

  read = () => this.snapshot;

  more = () => {
    const { isLoading, hasMore } = this.snapshot;
    if (isLoading || !hasMore) return;
    const chain = this.chain();
    this.wanted = chain.length + 1;
    // A page that failed is asked for again.
    const next = this.next(chain);
    if (next !== undefined) this.forget(next);
    this.failure = undefined;
    this.advance();
  };

  /** Everything anew. What is there stays until its successor comes. */
  reload = () => {
    this.close();
    this.failure = undefined;
    this.policy = "network-only";
    this.advance();
  };

  private forget(after: string | null) {
    this.subscriptions.get(after)?.unsubscribe();
    this.subscriptions.delete(after);
    this.results.delete(after);
  }

  private close() {
    this.subscriptions.forEach((subscription) => subscription.unsubscribe());
    this.subscriptions.clear();
    this.waiting.clear();
  }

  /** The pages that follow from one another, as far as they are there. */
  private chain(): NonNullable<Result["data"]>["referrals"][] {
    const chain = [];
    let after: string | null | undefined = null;
    while (after !== undefined) {
      const page: NonNullable<Result["data"]>["referrals"] | undefined = this.results.get(after)?.data?.referrals;
      if (!page) break;
      chain.push(page);
      after = this.next(chain);
    }
    return chain;
  }

  /** The cursor of the page after these; undefined when there is none. */
  private next(chain: NonNullable<Result["data"]>["referrals"][]): string | null | undefined {
    const last = chain.at(-1);
    if (!last) return null;
    return last.pageInfo.hasNextPage ? (last.pageInfo.endCursor ?? undefined) : undefined;
  }

  /** Asks for every page that is wanted, as far as its cursor is known. */
  private advance() {
    let after: string | null | undefined = null;
    for (let count = 0; count < this.wanted && after !== undefined; count += 1) {
      if (!this.subscriptions.has(after)) this.ask(after);
      const page: NonNullable<Result["data"]>["referrals"] | undefined = this.results.get(after)?.data?.referrals;
      if (!page) break;
      after = this.next([page]);
    }
    this.tell();
  }

  private ask(after: string | null) {
    const variables = { ...this.question, first: PAGE_SIZE, ...(after !== null && { after }) };
    this.waiting.add(after);
    // Taken note of before it is asked, since an answer from the cache comes at once.
    let subscription: Subscription | undefined;
    this.subscriptions.set(after, { unsubscribe: () => subscription?.unsubscribe() });
    subscription = pipe(
      this.client.query(ReferralListDocument, variables, { requestPolicy: this.policy }),
      onEnd(() => this.subscriptions.delete(after)),
      subscribe((result) => {
        if (!result.stale) this.waiting.delete(after);
        this.failure = result.error;
        // Rows that are there are worth more than the news that they could not be read anew.
        if (result.data || !this.results.get(after)?.data) this.results.set(after, result);
        this.advance();
      }),
    );
  }

  private tell() {
    this.snapshot = this.take();
    this.listeners.forEach((listener) => listener());
  }

  private take(): Snapshot {
    const chain = this.chain();
    const next = this.next(chain);
    const isWanted = next !== undefined && chain.length < this.wanted;
    return {
      rows: chain.flatMap((page) => page.edges.map((edge) => edge.node)),
      sources: worst(chain.flatMap((page) => page.sources)),
      totalCount: chain.at(-1)?.totalCount ?? null,
      isLoading: isWanted && (this.waiting.has(next) || !this.results.has(next)),
      isRefreshing: [...this.waiting].some((after) => after !== next),
      hasMore: next !== undefined,
      error: this.failure,
    };
  }
}

function worst(sources: SourceFragment[]): SourceFragment[] {
  const byVendor = new Map<string, SourceFragment>();
  for (const source of sources) {
    const before = byVendor.get(source.vendor);
    if (!before || (FINE.includes(before.status) && !FINE.includes(source.status))) {
      byVendor.set(source.vendor, source);
    }
  }
  return [...byVendor.values()];
}
