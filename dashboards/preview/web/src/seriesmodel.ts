import { niceScale, type Scale } from "./scale";
import type { Point, Role, Series, Threshold, Unit } from "./types";

/** A line to be drawn: a series without role, or the expected value. */
export interface Line {
  name: string;
  series: Series;
  points: [number, number | null][];
  expected: boolean;
}

/** Both limits of a tier, with the stretches in which both are known. */
export interface Band {
  tier: "yellow" | "orange";
  low: [number, number | null][];
  high: [number, number | null][];
}

/** What a time series panel shows, worked out from its data. */
export interface Model {
  lines: Line[];
  bands: Band[];
  thresholds: Threshold[];
  unit: Unit;
  scale: Scale;
  /** Every time at which some line has a point, ascending. */
  times: number[];
}

const plain: Unit = { kind: "number", prefix: "", suffix: "", decimals: -1 };

/** Points with a time, in the order of time. */
export function timed(points: Point[] | null | undefined): [number, number | null][] {
  return (points ?? []).filter((point): point is [number, number | null] => point[0] !== null);
}

/** Sorts the series by role and finds a scale on which they fit; hidden names do not count for it. */
export function model(series: Series[], thresholds: Threshold[], hidden: ReadonlySet<string>, steps: number): Model {
  const lines = series
    .filter((one) => !one.role || one.role === "expected")
    .map((one) => ({ name: one.name, series: one, points: timed(one.points), expected: one.role === "expected" }));
  const limit = (role: Role) => timed(series.find((one) => one.role === role)?.points);
  const bands = (["yellow", "orange"] as const)
    .map((tier) => ({ tier, low: limit(`${tier}_low`), high: limit(`${tier}_high`) }))
    .filter((band) => band.low.length || band.high.length);
  const marks = boundaries(thresholds);
  const times = [...new Set(lines.flatMap((line) => line.points.map(([at]) => at)))].sort((a, b) => a - b);
  return { lines, bands, thresholds: marks, unit: lines[0]?.series.unit ?? plain, scale: fit(lines, bands, marks, hidden, steps), times };
}

/** The values at which the colour changes, each in the worse colour of its two sides: falling figures warn below a value. */
function boundaries(thresholds: Threshold[]): Threshold[] {
  const rank = (color: string) => ["yellow", "orange", "red"].findIndex((tier) => color.endsWith(tier));
  const marks = thresholds.map((own, i) => {
    const below = thresholds[i - 1]?.color ?? own.color;
    return { value: own.value, color: rank(below) > rank(own.color) ? below : own.color };
  });
  return marks.filter((mark) => mark.value !== null);
}

/**
 * The scale follows the lines. Limits and thresholds are shown in full where they are near; one far away must not flatten
 * the line that people look at, and none stretches the scale below zero.
 */
function fit(lines: Line[], bands: Band[], thresholds: Threshold[], hidden: ReadonlySet<string>, steps: number): Scale {
  const shown = lines.filter((line) => !hidden.has(line.name));
  const values = shown.flatMap((line) => line.points.map(([, value]) => value)).filter((value): value is number => value !== null);
  const low = values.reduce((a, b) => Math.min(a, b), 0);
  let high = values.reduce((a, b) => Math.max(a, b), 0);
  const near = high * 1.6;
  const limits = bands.filter((band) => !hidden.has(band.tier)).map((band) => band.high.reduce((most, [, value]) => Math.max(most, value ?? 0), 0));
  for (const limit of [...limits, ...thresholds.map((one) => one.value!)]) {
    if (limit <= near || (high === 0 && limit > 0)) high = Math.max(high, limit);
  }
  return niceScale(low, high, steps);
}

/** The outlines of the areas between two limits: one for each stretch in which both are known. */
export function outlines(band: Band): [number, number][][] {
  const high = new Map(band.high);
  const found: [number, number][][] = [];
  let top: [number, number][] = [];
  let bottom: [number, number][] = [];
  const end = () => {
    if (top.length > 1) found.push([...top, ...bottom.reverse()]);
    top = [];
    bottom = [];
  };
  for (const [at, low] of band.low) {
    const above = high.get(at);
    if (low === null || above === null || above === undefined) {
      end();
      continue;
    }
    top.push([at, above]);
    bottom.push([at, low]);
  }
  end();
  return found;
}

/** The indexes of values without a neighbour: a line would not show them. */
export function lonely(points: [number, number | null][]): Set<number> {
  const alone = new Set<number>();
  points.forEach(([, value], i) => {
    const left = points[i - 1]?.[1] ?? null;
    const right = points[i + 1]?.[1] ?? null;
    if (value !== null && left === null && right === null) alone.add(i);
  });
  return alone;
}
