import assert from "node:assert/strict";
import { test } from "node:test";
import { age, axis, count, duration, figure, percent, time, value } from "./format";
import type { Unit } from "./types";

const unit = (changes: Partial<Unit>): Unit => ({ kind: "number", prefix: "", suffix: "", decimals: -1, ...changes });

test("values are written as the server writes them", () => {
  const cases: [number | null, Partial<Unit>, string][] = [
    [1234567, {}, "1,234,567"],
    [12.345, {}, "12.3"],
    [1.2345, {}, "1.23"],
    [0.012345, {}, "0.0123"],
    [0, {}, "0"],
    [-0, {}, "0"],
    [null, {}, "-"],
    [NaN, {}, "-"],
    [0.1234, { kind: "percent" }, "12.3%"],
    [0.1234, { kind: "percent", decimals: 2 }, "12.34%"],
    [1, { kind: "percent" }, "100%"],
    [1234.5, { kind: "currency", prefix: "¥" }, "¥1,234.50"],
    [-5, { kind: "currency", prefix: "¥" }, "-¥5.00"],
    [3.2, { suffix: "x", decimals: 1 }, "3.2x"],
    [350, { kind: "duration_ms" }, "350 ms"],
    [90, { kind: "duration_s" }, "1 min 30 s"],
  ];
  for (const [amount, changes, want] of cases) assert.equal(value(amount, unit(changes), "en"), want, `${amount} ${JSON.stringify(changes)}`);
});

test("axis marks are short and tell each other apart", () => {
  assert.equal(axis(0.025, unit({ kind: "percent" }), "en", 0.025), "2.5%");
  assert.equal(axis(0.05, unit({ kind: "percent" }), "en", 0.01), "5%");
  assert.equal(axis(2.5, unit({}), "en", 2.5), "2.5");
  assert.equal(axis(175000, unit({}), "en", 25000), "175K");
  assert.equal(axis(175000, unit({ prefix: "¥", kind: "currency" }), "zh", 25000), "¥17.5万");
  assert.equal(axis(0.004, unit({}), "en", 0.002), "0.004");
});

test("durations have at most two units", () => {
  const cases: [number, string, string][] = [
    [0, "0 ms", "0毫秒"],
    [999, "999 ms", "999毫秒"],
    [1500, "1.5 s", "1.5秒"],
    [59_999, "60 s", "60秒"],
    [60_000, "1 min", "1分"],
    [3_661_000, "1 h 1 min", "1小时1分"],
    [90_000_000, "1 d 1 h", "1天1小时"],
    [-61_000, "-1 min 1 s", "-1分1秒"],
  ];
  for (const [millis, en, zh] of cases) {
    assert.equal(duration(millis, "en"), en);
    assert.equal(duration(millis, "zh"), zh);
  }
});

test("ages have one unit", () => {
  const cases: [number, string][] = [[-5, "just now"], [4000, "just now"], [59_000, "59 s"], [119_000, "1 min"], [7_200_000, "2 h"], [200_000_000, "2 d"]];
  for (const [millis, want] of cases) assert.equal(age(millis, "en"), want);
});

test("incident figures are shares or counts", () => {
  assert.equal(figure(0.0123, "ratio", "en"), "1.23%");
  assert.equal(figure(41.6, "", "en"), "41.6");
  assert.equal(figure(null, "ratio", "en"), "-");
  assert.equal(percent(0.5, "en"), "50%");
  assert.equal(count(undefined, "en"), "-");
});

test("times are those of the zone's clock", () => {
  const at = Date.UTC(2026, 10, 23, 16, 5, 9);
  assert.equal(time(at, "en", "Asia/Shanghai", "minute"), "00:05");
  assert.equal(time(at, "en", "UTC", "second"), "16:05:09");
  assert.equal(time(at, "zh", "Asia/Shanghai", "day"), "11月24日");
});
