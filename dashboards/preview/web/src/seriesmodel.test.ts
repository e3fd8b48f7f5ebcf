import assert from "node:assert/strict";
import { test } from "node:test";
import { lonely, model, outlines } from "./seriesmodel";
import type { Point, Role, Series } from "./types";

const series = (name: string, points: Point[], role?: Role): Series => ({
  name, points, unit: { kind: "number", prefix: "", suffix: "", decimals: -1 }, ...(role ? { role } : {}),
});

test("series are sorted into lines and bands", () => {
  const got = model([
    series("orders", [[1, 5], [2, null], [3, 7]]), series("expected", [[1, 6], [3, 6]], "expected"),
    series("lo", [[1, 2], [3, 2]], "yellow_low"), series("hi", [[1, 9], [3, 9]], "yellow_high"), series("worse", [[1, 1]], "orange_low"),
  ], [{ value: null, color: "green" }, { value: 8, color: "yellow" }], new Set(), 5);
  assert.deepEqual(got.lines.map((line) => [line.name, line.expected]), [["orders", false], ["expected", true]]);
  assert.deepEqual(got.bands.map((band) => [band.tier, band.low.length, band.high.length]), [["yellow", 2, 2], ["orange", 1, 0]]);
  assert.deepEqual(got.thresholds, [{ value: 8, color: "yellow" }]);
  assert.deepEqual(got.times, [1, 2, 3]);
});

test("a threshold has the worse colour of its two sides", () => {
  const marks = (steps: [number | null, string][]) => model([], steps.map(([value, color]) => ({ value, color })), new Set(), 5).thresholds.map((mark) => [mark.value, mark.color]);
  assert.deepEqual(marks([[null, "green"], [2, "yellow"], [5, "orange"]]), [[2, "yellow"], [5, "orange"]]);
  assert.deepEqual(marks([[null, "orange"], [1, "yellow"], [5, "green"]]), [[1, "orange"], [5, "yellow"]]);
});

test("limits nearby stretch the scale, limits far away and hidden lines do not", () => {
  const line = series("a", [[1, 100], [2, 90]]);
  const high = (value: number, role: Role) => series(role, [[1, value]], role);
  assert.equal(model([line, high(150, "yellow_high")], [], new Set(), 5).scale.max, 150);
  assert.equal(model([line, high(9000, "orange_high")], [], new Set(), 5).scale.max, 100);
  assert.equal(model([line, high(150, "yellow_high")], [], new Set(["yellow"]), 5).scale.max, 100);
  assert.equal(model([line, series("b", [[1, 5000]])], [], new Set(["b"]), 5).scale.max, 100);
  assert.equal(model([series("a", [[1, 3]]), series("l", [[1, -40]], "yellow_low")], [], new Set(), 3).scale.min, 0);
});

test("a line of zeros still shows its limits", () => {
  assert.ok(model([series("a", [[1, 0], [2, 0]]), series("h", [[1, 30]], "yellow_high")], [], new Set(), 5).scale.max >= 30);
});

test("nothing to draw is no error", () => {
  const got = model([], [], new Set(), 5);
  assert.deepEqual([got.lines.length, got.times.length, got.scale.max > got.scale.min], [0, 0, true]);
});

test("areas break where a limit is missing", () => {
  const band = { tier: "yellow" as const, low: [[1, 1], [2, 1], [3, null], [4, 1], [5, 1], [6, 1]] as [number, number | null][], high: [[1, 4], [2, 4], [3, 4], [4, 4], [5, 4]] as [number, number | null][] };
  assert.deepEqual(outlines(band), [
    [[1, 4], [2, 4], [2, 1], [1, 1]],
    [[4, 4], [5, 4], [5, 1], [4, 1]],
  ]);
});

test("values without neighbours are found", () => {
  assert.deepEqual([...lonely([[1, 5], [2, null], [3, 1], [4, 2], [5, null], [6, 0]])], [0, 5]);
});
