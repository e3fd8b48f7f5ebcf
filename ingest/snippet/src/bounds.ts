/** Names a batch that waits for the collector to be there again: time, number of events and size, so that names sort and tell all. */
export const nameOf = (time: number, events: string[], id: string) => [time, events.length, events.join().length, id].join(".");

/** Number of events and size of a batch, by its name without what stands before the time. */
const figures = (name: string) => name.split(".").map(Number) as [number, number, number];

export const eventsIn = (name: string) => figures(name)[1];

/** Most that is kept, over all batches. */
const mostEvents = 200;
const mostSize = 100_000;

/** The oldest of the batches, sorted by name, beyond what may be kept. */
export function excess(names: string[]): string[] {
  let events = 0;
  let size = 0;
  return names.reverse().filter((name) => {
    const [, n, length] = figures(name);
    return (events += n) > mostEvents || (size += length) > mostSize;
  });
}

/** Milliseconds until the next attempt: doubled after each failure up to a minute, spread so that visitors do not come back all at once. */
export const pause = (failures: number, asked: number, random: number) =>
  1000 * Math.max(asked, Math.min(60, 2 ** failures) * (0.5 + random / 2));

/** How many of the events, given as JSON, fit one request: browsers let 64 kB be on its way when a page closes, and a character takes up to three bytes. */
export function fitting(events: string[]): number {
  let size = 0;
  let n = 0;
  while (n < events.length && n < 20 && (size += events[n]!.length) <= longest) n++;
  return n;
}

/** Length of the longest event that is sent. */
export const longest = 16_000;
