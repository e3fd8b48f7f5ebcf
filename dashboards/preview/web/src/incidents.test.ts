import assert from "node:assert/strict";
import { test } from "node:test";
import { facts, noteText } from "./incidentdetail";
import { words } from "./i18n";
import { boardRange } from "./incidentlink";
import { byUrgency, needsAck, news, tally } from "./incidents";
import type { Incident } from "./types";

const incident = (id: string, changes: Partial<Incident>): Incident =>
  ({ id, state: "open", tier: "yellow", worst_tier: "yellow", opened_at: "2026-11-23T10:00:00Z", board: "live", panel: 7, shop: "chaye", ...changes }) as Incident;

test("the most urgent come first, past ones last and newest first", () => {
  const list = [
    incident("past-old", { state: "reviewed", tier: "green", opened_at: "2026-11-20T10:00:00Z" }),
    incident("yellow", {}),
    incident("orange-known", { tier: "orange", state: "acknowledged", acknowledged_tier: "orange", opened_at: "2026-11-23T08:00:00Z" }),
    incident("past-new", { state: "resolved", tier: "green", opened_at: "2026-11-22T10:00:00Z" }),
    incident("orange-new", { tier: "orange" }),
    incident("yellow-old", { opened_at: "2026-11-23T09:00:00Z" }),
  ];
  assert.deepEqual(list.sort(byUrgency).map((one) => one.id), ["orange-new", "orange-known", "yellow-old", "yellow", "past-new", "past-old"]);
});

test("an incident that has risen above what was acknowledged waits again", () => {
  assert.equal(needsAck(incident("a", {})), true);
  assert.equal(needsAck(incident("a", { state: "acknowledged", acknowledged_tier: "yellow" })), false);
  assert.equal(needsAck(incident("a", { state: "acknowledged", acknowledged_tier: "yellow", tier: "orange" })), true);
  assert.equal(needsAck(incident("a", { state: "resolved" })), false);
});

test("the bell counts active incidents of each tier", () => {
  assert.deepEqual(tally([incident("a", {}), incident("b", { tier: "orange" }), incident("c", { state: "resolved", tier: "orange" })]), { orange: 1, yellow: 1 });
});

test("news are new incidents and those that have become orange", () => {
  const before = [incident("a", {}), incident("b", { tier: "orange" })];
  const after = [incident("a", { tier: "orange" }), incident("b", {}), incident("c", {}), incident("d", { state: "resolved" })];
  assert.deepEqual(news(before, after).map((one) => one.id), ["a", "c"]);
});

test("the board shows the time around an incident", () => {
  const now = Date.parse("2026-11-23T11:00:00Z");
  assert.deepEqual(boardRange(incident("a", {}), now), { page: "board", board: "live", vars: { shop: ["chaye"] }, incident: "", panel: "7", from: "now-6h", to: "now" });
  const past = boardRange(incident("a", { state: "resolved", opened_at: "2026-11-22T10:00:00Z", resolved_at: "2026-11-22T10:30:00Z" }), now);
  assert.deepEqual([past.from, past.to], [String(Date.parse("2026-11-22T08:00:00Z")), String(Date.parse("2026-11-22T11:30:00Z"))]);
});

test("a delivery's note says who was told what, other notes are people's words", () => {
  assert.equal(noteText({ kind: "delivered", note: "terminal opened-1795395540000" }, "zh"), "terminal · 触发");
  assert.equal(noteText({ kind: "noted", note: "terminal opened-1795395540000" }, "zh"), "terminal opened-1795395540000");
  assert.equal(noteText({ kind: "acknowledged" }, "en"), "");
});

test("the facts give figures in their unit, and say when they are provisional", () => {
  const one = incident("a", { unit: "ratio", actual: 0.0612, expected: 0.0931, window: "5m", samples: 4210, provisional: true, basis: "cold" });
  const known = new Map(facts(one, words("en"), "en"));
  assert.equal(known.get("Actual"), "6.12% (over 5 min)");
  assert.equal(known.get("Expected"), "9.31%");
  assert.equal(known.get("Samples"), "4,210");
  assert.match(known.get("Data")!, /^Provisional/);
  assert.equal(known.get("Basis"), "Fixed bounds (not enough history yet)");
});
