import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff, Poller } from "./poll";
import { Queue } from "./queue";

/** A job that runs until it is told to end. */
function held() {
  let end = () => {};
  const state = { started: false, aborted: false };
  const wait = new Promise<void>((done) => (end = done));
  const job = async (signal: AbortSignal) => {
    state.started = true;
    signal.addEventListener("abort", () => {
      state.aborted = true;
      end();
    });
    await wait;
  };
  return { job, state, end: () => end() };
}

test("no more jobs run at once than allowed, and each gets its turn", async () => {
  const queue = new Queue(2);
  const jobs = [held(), held(), held()];
  const done = jobs.map((one, i) => queue.add(String(i), one.job));
  assert.deepEqual(jobs.map((one) => one.state.started), [true, true, false]);
  jobs[0]!.end();
  await done[0];
  assert.equal(jobs[2]!.state.started, true);
  jobs[1]!.end();
  jobs[2]!.end();
  await Promise.all(done);
  assert.equal(queue.has("2"), false);
});

test("a newer job of the same key calls off the older one, running or waiting", async () => {
  const queue = new Queue(1);
  const first = held();
  const second = held();
  const third = held();
  const a = queue.add("p", first.job);
  const b = queue.add("p", second.job);
  assert.equal(first.state.aborted, true);
  const c = queue.add("p", third.job);
  await a;
  await b;
  assert.deepEqual([second.state.started, third.state.started], [false, true]);
  third.end();
  await c;
});

test("clear calls everything off and every promise ends", async () => {
  const queue = new Queue(1);
  const running = held();
  const waiting = held();
  const all = [queue.add("a", running.job), queue.add("b", waiting.job)];
  queue.clear();
  await Promise.all(all);
  assert.deepEqual([running.state.aborted, waiting.state.started], [true, false]);
});

test("a wish during a call is granted after it, once; a closed poller does nothing more", async () => {
  const listeners = new Set<unknown>();
  const page = { hidden: false, addEventListener: (_: string, one: unknown) => listeners.add(one), removeEventListener: (_: string, one: unknown) => listeners.delete(one) };
  Object.assign(globalThis, { document: page });
  const ends: (() => void)[] = [];
  const poller = new Poller(() => new Promise((done) => ends.push(() => done(true))));
  const first = poller.now();
  void poller.now();
  void poller.now();
  assert.equal(ends.length, 1);
  ends[0]!();
  await new Promise((done) => setImmediate(done));
  assert.equal(ends.length, 2);
  ends[1]!();
  await first;
  assert.equal(ends.length, 2);
  poller.close();
  await poller.now();
  assert.deepEqual([ends.length, listeners.size], [2, 0]);
});

test("waits double with each failure up to a limit, and are the plain interval without", () => {
  assert.equal(backoff(10_000, 0), 10_000);
  assert.deepEqual([1, 2, 3].map((failures) => backoff(10_000, failures)), [20_000, 40_000, 60_000]);
  assert.equal(backoff(10_000, 50), 60_000);
  assert.equal(backoff(600_000, 3), 600_000);
});
