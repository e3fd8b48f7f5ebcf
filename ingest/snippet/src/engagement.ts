export const heartbeat = 10_000;
const report = 30_000;

/** Adds up engaged time: each heartbeat at which the page is visible, and before which somebody moved, is worth its ten seconds. */
export function engagement() {
  let sum = 0;
  let moved = true; // who opens a page is there
  return {
    /** Somebody scrolls, types or points. */
    move() {
      moved = true;
    },
    /** Ten seconds have passed; says whether there is enough to report. */
    beat(visible: boolean) {
      if (visible && moved) sum += heartbeat;
      moved = false;
      return sum >= report;
    },
    /** The time since the last report. */
    take() {
      const ms = sum;
      sum = 0;
      return ms;
    },
  };
}
