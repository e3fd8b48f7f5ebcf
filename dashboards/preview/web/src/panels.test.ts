import assert from "node:assert/strict";
import { test } from "node:test";
import { truthText } from "./demostrip";
import { words } from "./i18n";
import { stepRates, weakest } from "./panels/bars";
import { arc, dial } from "./panels/gauge";
import { letters, sparkPaths } from "./panels/stat";
import { sortRows } from "./panels/table";
import { reportTable } from "./report";
import type { Bar, Cell, Data } from "./types";

const bar = (value: number): Bar => ({ label: "", text: "", value, share: 0, color: "" });

test("a funnel's steps say what share came from the step before and from the first", () => {
  const bars = [bar(1000), bar(400), bar(100), bar(80)];
  assert.equal(stepRates(bars, 0), null);
  assert.deepEqual(stepRates(bars, 2), { previous: 0.25, first: 0.1 });
  assert.equal(weakest(bars), 2);
  assert.deepEqual(stepRates([bar(0), bar(0)], 1), { previous: null, first: null });
  assert.equal(weakest([bar(0), bar(0)]), -1);
});

test("rows are sorted by size or alphabet, missing numbers last, without changing the data", () => {
  const rows: Cell[][] = [[{ text: "b", value: 2 }], [{ text: "-" }], [{ text: "a", value: 10 }]];
  const order = (up: boolean) => sortRows(rows, { column: 0, up }).map((row) => row[0]!.text);
  assert.deepEqual(order(true), ["b", "a", "-"]);
  assert.deepEqual(order(false), ["a", "b", "-"]);
  assert.deepEqual(rows.map((row) => row[0]!.text), ["b", "-", "a"]);
  assert.deepEqual(sortRows([[{ text: "z" }], [{ text: "y" }]], { column: 0, up: true }).map((row) => row[0]!.text), ["y", "z"]);
  assert.deepEqual(sortRows([[{ text: "中国" }], [{ text: "北京" }]], { column: 0, up: true }, "zh-CN").map((row) => row[0]!.text), ["北京", "中国"]);
  assert.equal(sortRows(rows, undefined), rows);
});

test("a sparkline spans its box, stands on zero, and needs two values", () => {
  assert.deepEqual(sparkPaths([[0, 0], [5, null], [10, 50]]), { line: "M0.00 100.00L100.00 4.00", area: "M0.00 100.00L100.00 4.00L100 100L0 100Z" });
  assert.equal(sparkPaths([[0, 5]]).line, "");
  assert.equal(sparkPaths([[0, 0], [1, 0]]).line, "M0.00 100.00L100.00 100.00");
});

test("arcs go from left to right over the top, empty ones are nothing", () => {
  assert.equal(arc(0, 1, 40), "M10.00 52.00A40 40 0 0 1 90.00 52.00");
  assert.equal(arc(0.5, 0.5, 40), "");
});

test("a gauge is filled up to its value, and its rim shows the thresholds", () => {
  const data: Data = {
    id: 1, from: 0, to: 1,
    stats: [{ name: "", text: "25%", value: 0.25, color: "orange", min: 0, max: 0.5 }, { name: "", text: "-", value: null, color: "" }, { name: "", text: "90", value: 90, color: "green", max: 50 }],
    thresholds: [{ value: null, color: "green" }, { value: 0.25, color: "orange" }, { value: 0.75, color: "red" }],
  };
  const [half, unknown, beyond] = data.stats!.map((stat) => dial(stat, data.thresholds!, "dark"));
  assert.equal(half!.value, arc(0, 0.5, 42));
  assert.equal(half!.color, "#FF9830");
  assert.deepEqual(half!.rim, [
    { path: arc(0, 0.5, 48.5), color: "#73BF69" },
    { path: arc(0.5, 1, 48.5), color: "#FF9830" },
    { path: "", color: "#F2495C" },
  ]);
  assert.equal(unknown!.value, "");
  assert.equal(beyond!.value, arc(0, 1, 42));
});

test("Chinese letters take the room of nearly two", () => {
  assert.ok(Math.abs(letters("1,234.5万") - (5 + 1 + 1.8)) < 1e-9);
});

test("the simulator's verdict is translated where it is one of the usual ones", () => {
  const t = words("zh");
  assert.equal(truthText({ truth: "ok, 116 figures exact", truth_ok: true }, t), "全部数据完全一致 (116)");
  assert.equal(truthText({ truth: "waiting for the first complete minute", truth_ok: false }, t), "等待第一个完整分钟");
  assert.equal(truthText({ truth: "2 of 116 differ: page_views", truth_ok: false }, t), "116 项数据中有 2 项不一致");
  assert.equal(truthText({ truth: "something else", truth_ok: false }, t), "something else");
});

test("the report writes what is unknown as a dash and can be sorted by what is known", () => {
  const report = { rule: "r", title: { en: "Rule" }, incidents: 3, orange: 1, reviewed: 2, real: 1, false_alarms: 1, expected: 0 };
  const { rows, columns } = reportTable([{ ...report, mean_seconds_to_acknowledge: 172.4, precision: 0.5 }, { ...report, mean_seconds_to_acknowledge: null, precision: null }], words("en"), "en");
  assert.equal(columns!.length, 7);
  assert.deepEqual(rows![0]!.map((cell) => cell.text), ["Rule", "3", "1", "2 min 52 s", "2", "1", "50%"]);
  assert.deepEqual(rows![1]!.slice(3).map((cell) => [cell.text, cell.value]), [["-", undefined], ["2", 2], ["1", 1], ["-", undefined]]);
});
