import assert from "node:assert/strict";
import { test } from "node:test";
import { isMidnight, nearest, niceScale, timeTicks } from "./scale";

const minute = 60_000;
const hour = 60 * minute;

test("scales have round steps and hold every value and zero", () => {
  const cases: [number, number, number, number, number, number][] = [
    [0, 53, 5, 0, 60, 20],
    [0, 100, 5, 0, 100, 20],
    [0, 0, 4, 0, 1, 0.25],
    [-30, 80, 5, -50, 100, 25],
    [2, 8, 4, 0, 8, 2],
    [0, 0.037, 4, 0, 0.04, 0.01],
  ];
  for (const [low, high, steps, min, max, step] of cases) {
    const got = niceScale(low, high, steps);
    const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${low}..${high}: ${JSON.stringify(got)}`);
    close(got.min, min);
    close(got.max, max);
    close(got.step, step);
  }
});

test("time marks are round on the zone's clock", () => {
  const from = Date.UTC(2026, 10, 23, 0, 7);
  const { step, ticks } = timeTicks(from, from + 6 * hour, 7, "UTC");
  assert.equal(step, hour);
  assert.deepEqual(ticks.map((at) => new Date(at).getUTCHours()), [1, 2, 3, 4, 5, 6]);
  const half = timeTicks(from, from + 6 * hour, 7, "Asia/Kolkata"); // half an hour off
  assert.ok(half.ticks.every((at) => new Date(at).getUTCMinutes() === 30));
});

test("days stay midnights when the clock changes", () => {
  const from = Date.UTC(2026, 2, 27, 12);
  const { ticks } = timeTicks(from, from + 96 * hour, 5, "Europe/Berlin");
  assert.equal(ticks.length, 4);
  assert.ok(ticks.every((at) => isMidnight(at, "Europe/Berlin")));
});

test("there are never more marks than asked for, nor marks outside", () => {
  for (const span of [minute, 15 * minute, hour, 24 * hour, 7 * 24 * hour, 400 * 24 * hour]) {
    const from = Date.UTC(2026, 5, 5, 5, 5, 5);
    const { ticks } = timeTicks(from, from + span, 8, "UTC");
    assert.ok(ticks.length <= 9, `${span}: ${ticks.length}`);
    assert.ok(ticks.every((at) => at >= from && at <= from + span));
  }
});

test("the nearest time is found", () => {
  assert.equal(nearest([], 5), -1);
  assert.equal(nearest([10, 20, 30], -5), 0);
  assert.equal(nearest([10, 20, 30], 14), 0);
  assert.equal(nearest([10, 20, 30], 16), 1);
  assert.equal(nearest([10, 20, 30], 99), 2);
});
