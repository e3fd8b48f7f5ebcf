import { api } from "./api";
import { Poller } from "./poll";
import type { Action, Incident, IncidentState, Tier, Verb } from "./types";

const rank: Record<Tier, number> = { orange: 2, yellow: 1, green: 0 };

/** Whether somebody still has to do something about it. */
export function isActive(state: IncidentState): boolean {
  return state !== "resolved" && state !== "reviewed";
}

/** Whether an incident waits for an acknowledgement: nobody has seen it, or it has risen above what was seen. */
export function needsAck(incident: Incident): boolean {
  if (!isActive(incident.state)) return false;
  return incident.state === "open" || rank[incident.tier] > rank[incident.acknowledged_tier ?? incident.tier];
}

/** Orders incidents by urgency: active ones first, orange before yellow, unseen before seen, oldest first; past ones newest first. */
export function byUrgency(a: Incident, b: Incident): number {
  const active = Number(isActive(b.state)) - Number(isActive(a.state));
  if (active) return active;
  if (!isActive(a.state)) return b.opened_at.localeCompare(a.opened_at);
  return rank[b.tier] - rank[a.tier] || Number(needsAck(b)) - Number(needsAck(a)) || a.opened_at.localeCompare(b.opened_at);
}

/** How many active incidents there are of each tier. */
export function tally(incidents: Incident[]): { orange: number; yellow: number } {
  const active = incidents.filter((one) => isActive(one.state));
  return { orange: active.filter((one) => one.tier === "orange").length, yellow: active.filter((one) => one.tier === "yellow").length };
}

/** The incidents that were not known before, or that have risen to orange. */
export function news(before: Incident[], after: Incident[]): Incident[] {
  const known = new Map(before.map((one) => [one.id, one.tier]));
  return after.filter((one) => isActive(one.state) && rank[one.tier] > 0 && rank[one.tier] > (known.has(one.id) ? rank[known.get(one.id)!] : 0));
}

/** The incidents as the server last gave them, fetched again and again, with those who want to know of changes. */
export class Store {
  /** What the last answer held; undefined before the first. */
  list: Incident[] | undefined;
  /** Why the list is old; undefined while it is not. */
  error: unknown;
  private scope: "active" | "all" = "active";
  private turn = 0;
  private readonly listeners = new Set<() => void>();
  private readonly poller = new Poller(() => this.load());

  constructor(private readonly announce: (fresh: Incident[]) => void) {}

  /** Begins to fetch; the interval is in milliseconds. */
  start(interval: number): void {
    this.poller.start(interval);
    if (!this.list) void this.poller.now();
  }

  /** Calls back after every change until the answer is called. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Fetches active incidents only, or past ones too. */
  async show(scope: "active" | "all"): Promise<void> {
    if (scope === this.scope) return;
    this.scope = scope;
    await this.reload();
  }

  /** Fetches now. */
  reload(): Promise<boolean> {
    return this.load();
  }

  /** Asks the server for a change and takes over its answer; throws what went wrong. */
  async act(id: string, verb: Verb, action: Action): Promise<Incident> {
    this.turn++; // an answer under way is older than this change
    const answer = await api.act(id, verb, action);
    this.turn++;
    this.list = this.list?.map((one) => (one.id === id ? answer : one));
    this.changed();
    return answer;
  }

  private async load(): Promise<boolean> {
    const turn = ++this.turn;
    try {
      const list = (await api.incidents(this.scope)) ?? [];
      if (turn !== this.turn) return true;
      if (this.list) this.announce(news(this.list, list));
      this.list = list;
      this.error = undefined;
    } catch (error) {
      if (turn === this.turn) this.error = error;
    }
    this.changed();
    return this.error === undefined;
  }

  /** Calls back everybody who wants to know of changes. */
  changed(): void {
    for (const listener of this.listeners) listener();
  }
}
