import { instant, offset, type Zone } from "./zone";

/** The marks of an axis. */
export interface Scale {
  min: number;
  max: number;
  step: number;
}

/**
 * A scale with round marks that holds every value, zero included, with about as many steps as asked for. Values that are
 * all the same still get a height.
 */
export function niceScale(low: number, high: number, steps: number): Scale {
  let min = Math.min(0, low);
  let max = Math.max(0, high);
  if (min === max) max = 1;
  const rough = (max - min) / Math.max(1, steps);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  min = Math.floor(min / step + 1e-9) * step;
  max = Math.ceil(max / step - 1e-9) * step;
  return { min, max, step };
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const distances = [
  second, 5 * second, 10 * second, 15 * second, 30 * second,
  minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute,
  hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour,
  day, 2 * day, 7 * day, 14 * day, 28 * day, 91 * day, 364 * day,
];

/** The marks of a time axis: round wall-clock times of the zone, at most as many as asked for, with their distance. */
export function timeTicks(from: number, to: number, most: number, zone: Zone): { step: number; ticks: number[] } {
  const step = distances.find((distance) => (to - from) / distance <= Math.max(1, most)) ?? distances.at(-1)!;
  const ticks: number[] = [];
  const first = Math.ceil((from + offset(from, zone)) / step) * step;
  for (let wall = first; ticks.length <= most + 2; wall += step) {
    const at = instant(wall, zone);
    if (at > to) break;
    if (at >= from && at !== ticks.at(-1)) ticks.push(at);
  }
  return { step, ticks };
}

/** Whether the zone's clock shows midnight. */
export function isMidnight(at: number, zone: Zone): boolean {
  return (at + offset(at, zone)) % day === 0;
}

/** The index of the point whose time is nearest, -1 where there is none. Times ascend; points without time are not there. */
export function nearest(times: number[], at: number): number {
  let low = 0;
  let high = times.length - 1;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && at - times[low - 1]! <= times[low]! - at ? low - 1 : low;
}
