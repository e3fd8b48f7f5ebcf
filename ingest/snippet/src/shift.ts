/** Sums layout shifts by the rule of cumulative layout shift: the worst burst, with gaps under a second and at most five seconds long. */
export function shifts() {
  let first = 0;
  let last = -Infinity;
  let sum = 0;
  let worst = 0;
  return (at: number, value: number) => {
    if (at - last < 1000 && at - first < 5000) sum += value;
    else {
      first = at;
      sum = value;
    }
    last = at;
    return (worst = Math.max(worst, sum));
  };
}

/** Interaction to next paint: the slowest of the interactions, but for one in fifty. */
export const slowest = (durations: number[], interactions: number) =>
  durations.sort((a, b) => b - a)[Math.min(durations.length - 1, Math.floor(interactions / 50))];
