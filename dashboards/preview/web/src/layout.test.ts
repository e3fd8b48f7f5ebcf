import assert from "node:assert/strict";
import { test } from "node:test";
import { byAttention, sections } from "./layout";
import type { Panel, PanelType } from "./types";

const panel = (id: number, type: PanelType, x: number, y: number): Panel => ({ id, type, title: "", x, y, w: 12, h: 8 });

test("panels belong to the row above them, each group with its own top", () => {
  const got = sections([panel(5, "stat", 12, 9), panel(101, "row", 0, 8), panel(1, "text", 0, 0), panel(4, "stat", 0, 9), panel(102, "row", 0, 20), panel(6, "table", 0, 21)]);
  assert.deepEqual(got.map((group) => [group.row?.id, group.panels.map((one) => [one.id, one.y])]), [
    [undefined, [[1, 0]]],
    [101, [[4, 0], [5, 0]]],
    [102, [[6, 0]]],
  ]);
});

test("a row without panels stays, nothing at all gives nothing", () => {
  assert.equal(sections([panel(101, "row", 0, 0)]).length, 1);
  assert.deepEqual(sections([]), []);
});

test("what is on the screen comes first, then from the top", () => {
  const places = [{ visible: false, top: 900 }, { visible: true, top: 400 }, { visible: false, top: -300 }, { visible: true, top: 10 }];
  assert.deepEqual(places.sort(byAttention).map((place) => place.top), [10, 400, -300, 900]);
});
