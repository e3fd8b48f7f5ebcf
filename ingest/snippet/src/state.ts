import type { Origin } from "./origin";

/** What Segment calls the context, as far as it is sent. */
export interface Context extends Origin {
  page: { path: string; url: string; referrer: string };
  locale: string;
}

/** What every event says, and whether there may be events. */
export const state = {
  /** Consent is given, where it is needed: nothing is stored or sent without. */
  on: false,
  /** Of the page view. */
  context: {} as Context,
  user: undefined as string | undefined,
};

/** A call of the page: tidemark("track", "Product Added", {...}). */
export type Call = [name: string, value?: unknown, properties?: object];

export interface Api {
  (...call: Call): void;
  /** Calls from before this script was there. */
  q?: Call[];
  /** Events that could not be kept until the collector was back. */
  dropped?: number;
}

export const page = window as unknown as { tidemark?: Api };
