import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogue, localised, lookup, words, type Key } from "./i18n";

const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test("both languages have the same keys, and say something for each", () => {
  assert.deepEqual(Object.keys(catalogue.zh).sort(), Object.keys(catalogue.en).sort());
  for (const [key, text] of [...Object.entries(catalogue.en), ...Object.entries(catalogue.zh)]) assert.notEqual(text.trim(), "", key);
});

test("both languages fill in the same values", () => {
  for (const key of Object.keys(catalogue.en) as Key[]) assert.deepEqual(holes(catalogue.zh[key]), holes(catalogue.en[key]), key);
});

test("the zh texts use the agreed words", () => {
  assert.equal(catalogue.zh.completeUntil, "数据完整至");
  assert.equal(catalogue.zh.provisional, "实时值（未定稿）");
  assert.equal(catalogue.zh["tier.yellow.long"], "黄色预警（中风险）");
  assert.equal(catalogue.zh["tier.orange.long"], "橙色预警（高风险）");
});

test("words fills in values and leaves unknown ones visible", () => {
  assert.equal(words("en")("age.m", { n: 3 }), "3 min");
  assert.equal(words("en")("age.m"), "{n} min");
});

test("lookup falls back to the data's own word", () => {
  assert.equal(lookup("zh", "state", "open"), "待确认");
  assert.equal(lookup("zh", "state", "unheard"), "unheard");
});

test("localised falls back to English, then to anything", () => {
  assert.equal(localised({ en: "a", zh: "甲" }, "zh"), "甲");
  assert.equal(localised({ en: "a" }, "zh"), "a");
  assert.equal(localised({ de: "x" }, "en"), "x");
  assert.equal(localised({}, "en"), "");
});
