import { eventsIn, excess, fitting, longest, nameOf, pause } from "./bounds";
import { box, namesWith, prefix, save } from "./box";
import { collector, readable, writeKey } from "./settings";
import { page, state } from "./state";
import { uuid } from "./uuid";

// Events go out a second after they happened, one request at a time. Those of a failed request are kept in the box with their
// ids and times and sent again, here or by the next page; the page that sends them holds the lease, so that two tabs do
// not send the same. If they do, or an answer was lost, the ids make them count once.

const batches = prefix + "batch.";
const leaseName = prefix + "lease";
const requestTime = 20_000; // the collector answers within 10 s, or says that it cannot
const longInAir = 3_000;
const tab = uuid();

let waiting: string[] = []; // events as JSON
let flying: string[] = []; // those of the request under way
let since = 0; // when it began
let failures = 0; // requests failed in a row
let asked = 0; // seconds that the collector wants to be left alone
let busy = false;
let timer: ReturnType<typeof setTimeout> | 0 = 0;

/** Sends what earlier pages have kept. */
export const openOutbox = () => later(0);

/** Drops what waits. */
export function emptyOutbox() {
  waiting = flying = [];
}

/** Counts what could not be kept, for the page to read. */
function lose(events: number) {
  page.tidemark!.dropped! += events;
}

/** Takes an event. */
export function post(event: object) {
  const text = JSON.stringify(event);
  if (text.length > longest) lose(1);
  else waiting.push(text);
  if (!timer) later(1000);
}

function later(wait: number) {
  clearTimeout(timer);
  timer = setTimeout(work, wait);
}

/** Takes the events of the next request. */
const next = () => waiting.splice(0, fitting(waiting));

async function work() {
  if (busy || !state.on) return;
  busy = true;
  for (const name of kept()) {
    if (!state.on || !lease()) break;
    const events = box[batches + name];
    if (!events) continue; // another tab has sent it
    if (!(await deliver(events))) break;
    delete box[batches + name];
  }
  release();
  while (waiting.length && !failures && state.on) {
    since = Date.now();
    flying = next();
    if (!(await deliver(flying.join()))) keep(flying);
    flying = [];
  }
  while (waiting.length && failures) keep(next());
  busy = false;
  timer = 0;
  if (state.on && kept().length) later(pause(failures, asked, Math.random()));
}

const body = (events: string) => `{"batch":[${events}],` + JSON.stringify({ sentAt: new Date(), writeKey }).slice(1);

/** Sends events; says whether that is settled. */
async function deliver(events: string): Promise<boolean> {
  asked = 0;
  try {
    // Text, and nothing else that needs a preflight. Only no-cors reaches a collector that does not list this origin.
    const { status, headers } = await fetch(collector, {
      method: "POST",
      body: body(events),
      mode: readable ? "cors" : "no-cors",
      credentials: "omit",
      keepalive: true,
      signal: AbortSignal.timeout?.(requestTime) ?? null,
    });
    // What the collector refuses it would refuse again. An answer that cannot be read has the status 0.
    if (status < 500 && status !== 429) {
      failures = 0;
      return true;
    }
    asked = Number(headers.get("Retry-After")) || 0;
  } catch {
    // the network, or nobody at its other end
  }
  failures++;
  return false;
}

/** The page is hidden, perhaps for good: sends what waits without an answer, or keeps it if answers have been bad. */
export function leave() {
  if (!state.on) return;
  if (flying.length && Date.now() - since > longInAir) keep(flying);
  while (waiting.length) {
    const events = next();
    if (failures || !navigator.sendBeacon(collector, body(events.join()))) keep(events);
  }
  release();
}

function keep(events: string[]) {
  if (!state.on || !events.length) return;
  if (!save(batches + nameOf(Date.now(), events, uuid()), events.join())) lose(events.length);
  for (const name of excess(kept())) {
    delete box[batches + name];
    lose(eventsIn(name));
  }
}

/** Names of the batches kept, the oldest first. */
const kept = () => namesWith(batches).map((name) => name.slice(batches.length)).sort();

/** Takes or extends the right to send what is kept, unless another tab has it. */
function lease() {
  const [holder, until] = (box[leaseName] || "").split(" ");
  if (holder !== tab && Number(until) > Date.now()) return false;
  save(leaseName, `${tab} ${Date.now() + requestTime + 5000}`); // where there is no room, ids make up for it
  return true;
}

function release() {
  if (box[leaseName]?.startsWith(tab)) delete box[leaseName];
}
