import type { Client, CombinedError } from "urql";
import { pipe, subscribe, type Subscription } from "wonka";
import {
  PipelineDocument,
  type PipelineQuery,
  type ReferralFilter,
  type SourceFragment,
} from "../../graphql/generated/graphql";
import { mergeSources } from "./completeness";
import { add, type Cell } from "./tally";

export const PAGE_SIZE = 100;
/** As many as the gateway itself reads of one vendor for one list. */
export const MOST_ROWS = 10_000;

/**
 * `reading`: pages are coming. `whole`: all have been read. `stopped`: somebody did not want to wait. `bounded`: there
 * are more than MOST_ROWS. `failed`: a page did not come.
 */
export type Phase = "reading" | "whole" | "stopped" | "bounded" | "failed";

/** What has been read so far, counted. */
export interface Progress {
  cells: readonly Cell[];
  read: number;
  /** How many there are in all; null where a vendor cannot say. */
  total: number | null;
  /** One entry for each vendor: the worst that befell it on any page. */
  sources: SourceFragment[];
  phase: Phase;
  error: CombinedError | undefined;
  /** When the last page came. */
  readAt: number | null;
}

const NOTHING_YET: Progress = {
  cells: [],
  read: 0,
  total: null,
  sources: [],
  phase: "reading",
  error: undefined,
  readAt: null,
};

/** Reads a whole list, page after page, and keeps of it no more than what the pictures need. */
export class Walk {
  private progress = NOTHING_YET;
  private after: string | null = null;
  private page: Subscription | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly client: Client,
    readonly filter: ReferralFilter,
  ) {}

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    if (this.progress.phase === "reading") this.ask();
    return () => {
      this.listeners.delete(listener);
      // Nobody looks any more; whoever comes back finds what was read, and the rest is read then.
      if (this.listeners.size === 0) this.leave();
    };
  };

  read = () => this.progress;

  stop = () => {
    this.leave();
    this.become({ phase: "stopped" });
  };

  /** On from where it stopped or failed. */
  goOn = () => {
    this.become({ phase: "reading", error: undefined });
    this.ask();
  };

  private leave() {
    this.page?.unsubscribe();
    this.page = null;
  }

  private ask() {
    if (this.page) return;
    const variables = { first: PAGE_SIZE, filter: this.filter, ...(this.after !== null && { after: this.after }) };
    // Always from the gateway: it knows how fresh its own readings are, and says so in `sources`.
    this.page = pipe(
      this.client.query(PipelineDocument, variables, { requestPolicy: "network-only" }),
      subscribe(({ data, error }) => {
        this.leave();
        if (data) this.take(data.referrals);
        else this.become({ phase: "failed", error });
      }),
    );
  }

  private take({ nodes, pageInfo, totalCount, sources }: PipelineQuery["referrals"]) {
    const read = this.progress.read + nodes.length;
    this.after = pageInfo.endCursor ?? null;
    const hasMore = pageInfo.hasNextPage && this.after !== null;
    this.become({
      cells: add(this.progress.cells, nodes),
      read,
      total: totalCount ?? null,
      sources: mergeSources(this.progress.sources, sources),
      phase: !hasMore ? "whole" : read >= MOST_ROWS ? "bounded" : "reading",
      readAt: Date.now(),
    });
    if (this.progress.phase === "reading") this.ask();
  }

  private become(change: Partial<Progress>) {
    this.progress = { ...this.progress, ...change };
    this.listeners.forEach((listener) => listener());
  }
}
