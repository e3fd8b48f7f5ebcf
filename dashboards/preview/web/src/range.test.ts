import assert from "node:assert/strict";
import { test } from "node:test";
import { fromInput, isMoment, presetOf, refreshMillis, resolve, toInput } from "./range";
import { instant, offset, zoneOf } from "./zone";

const hour = 3_600_000;

test("moments are told from other text", () => {
  for (const text of ["now", "now-6h", "now/d", "now-7d/d", "1700000000000"]) assert.equal(isMoment(text), true, text);
  for (const text of ["", "now+6h", "now-h", "-5", "now-6y", "1e9", "now-6h;"]) assert.equal(isMoment(text), false, text);
});

test("only ranges that end now are presets", () => {
  assert.equal(presetOf("now-6h", "now"), "now-6h");
  assert.equal(presetOf("now/d", "now"), "now/d");
  assert.equal(presetOf("now-6h", "now-1h"), "custom");
  assert.equal(presetOf("now-3h", "now"), "custom");
});

test("moments resolve against now and the zone's day", () => {
  const now = Date.UTC(2026, 10, 23, 3, 30);
  assert.equal(resolve("now", now, "UTC"), now);
  assert.equal(resolve("now-6h", now, "UTC"), now - 6 * hour);
  assert.equal(resolve("1234", now, "UTC"), 1234);
  assert.equal(resolve("now/d", now, "UTC"), Date.UTC(2026, 10, 23));
  assert.equal(resolve("now/d", now, "Asia/Shanghai"), Date.UTC(2026, 10, 22, 16));
  assert.equal(resolve("now/d", now, "America/New_York"), Date.UTC(2026, 10, 22, 5));
  assert.equal(resolve("now-1d/d", now, "UTC"), Date.UTC(2026, 10, 22));
});

test("a day on which the clock changes begins at its own midnight", () => {
  const now = Date.UTC(2026, 2, 29, 12); // Berlin went from +1 to +2 that morning
  assert.equal(resolve("now/d", now, "Europe/Berlin"), Date.UTC(2026, 2, 28, 23));
});

test("input values go to instants and back", () => {
  const at = Date.UTC(2026, 6, 1, 15, 20);
  for (const zone of ["UTC", "Asia/Shanghai", "America/St_Johns"]) assert.equal(fromInput(toInput(at, zone), zone), at, zone);
  assert.equal(toInput(at, "Asia/Shanghai"), "2026-07-01T23:20");
  assert.ok(Number.isNaN(fromInput("", "UTC")));
});

test("refreshes are read; anything else is never", () => {
  assert.equal(refreshMillis("10s"), 10_000);
  assert.equal(refreshMillis("5m"), 300_000);
  assert.equal(refreshMillis("off"), 0);
  assert.equal(refreshMillis(""), 0);
});

test("offsets follow daylight saving", () => {
  assert.equal(offset(Date.UTC(2026, 0, 1), "Europe/Berlin"), hour);
  assert.equal(offset(Date.UTC(2026, 6, 1), "Europe/Berlin"), 2 * hour);
  assert.equal(instant(Date.UTC(2026, 6, 1, 12), "Europe/Berlin"), Date.UTC(2026, 6, 1, 10));
});

test("an unknown zone is the browser's own", () => {
  assert.equal(zoneOf("browser"), undefined);
  assert.equal(zoneOf("Mars/Olympus"), undefined);
  assert.equal(zoneOf("Asia/Shanghai"), "Asia/Shanghai");
});
