import assert from "node:assert/strict";
import { test } from "node:test";
import { paces } from "./toolbar";
import type { Variable } from "./types";
import { choices, toggled } from "./variables";

const variable = (changes: Partial<Variable>): Variable => ({ name: "channel", label: "Channel", multi: true, include_all: true, current: ["$__all"], ...changes });

test("All comes first, options once, and what was chosen but is gone stays", () => {
  const options = [{ value: "a", text: "A" }, { value: "b", text: "B" }];
  assert.deepEqual(choices(variable({ options }), ["b", "gone"], "All").map((one) => one.text), ["All", "A", "B", "gone"]);
  assert.deepEqual(choices(variable({ options: [{ value: "$__all", text: "All" }, ...options] }), ["$__all"], "All").map((one) => one.value), ["$__all", "a", "b"]);
  assert.deepEqual(choices(variable({ include_all: false }), [], "All"), []);
});

test("All excludes the others, and none is All", () => {
  assert.deepEqual(toggled(["$__all"], "a", true), ["a"]);
  assert.deepEqual(toggled(["a"], "b", true), ["a", "b"]);
  assert.deepEqual(toggled(["a", "b"], "$__all", true), ["$__all"]);
  assert.deepEqual(toggled(["a"], "a", true), ["$__all"]);
  assert.deepEqual(toggled(["a"], "a", false), ["a"]);
});

test("refresh offers never, the board's paces, its default and what is chosen, in order", () => {
  assert.deepEqual(paces({ intervals: ["1m", "10s"], refresh: "30s" }, "2s"), ["", "2s", "10s", "30s", "1m"]);
  assert.deepEqual(paces({ intervals: null, refresh: "" }, ""), ["", "10s", "30s", "1m", "5m"]);
  assert.deepEqual(paces({ intervals: ["", "off"], refresh: "" }, "off"), [""]);
});
