import assert from "node:assert/strict";
import { test } from "node:test";
import { blocks, inline } from "./markdown";

test("a line is split into bold, italic, code and links", () => {
  assert.deepEqual(inline("a **b** *c* `d*e*` [f](https://x.example/y(z)) g"), [
    "a ", { tag: "strong", text: "b" }, " ", { tag: "em", text: "c" }, " ", { tag: "code", text: "d*e*" }, " ",
    { tag: "a", text: "f", href: "https://x.example/y(z)" }, " g",
  ]);
});

test("markup that is not closed, and HTML, stay text", () => {
  assert.deepEqual(inline("2 * 3 ** 4 `x [y](z"), ["2 * 3 ** 4 `x [y](z"]);
  assert.deepEqual(inline("<img src=x onerror=alert(1)>"), ["<img src=x onerror=alert(1)>"]);
});

test("blocks are told apart", () => {
  const text = "# Title\n\nOne\ntwo\n\nthree\n\n- a\n- **b**\n\n1. x\n2. y\n\n```sql\nSELECT *\n\nFROM t\n```\nend";
  assert.deepEqual(blocks(text), [
    { tag: "h", level: 1, parts: ["Title"] },
    { tag: "p", lines: [["One"], ["two"]] },
    { tag: "p", lines: [["three"]] },
    { tag: "ul", items: [["a"], [{ tag: "strong", text: "b" }]] },
    { tag: "ol", items: [["x"], ["y"]] },
    { tag: "pre", text: "SELECT *\n\nFROM t" },
    { tag: "p", lines: [["end"]] },
  ]);
});

test("code that is not closed reaches the end; no text gives no blocks", () => {
  assert.deepEqual(blocks("```\nx"), [{ tag: "pre", text: "x" }]);
  assert.deepEqual(blocks("\n \n"), []);
});
