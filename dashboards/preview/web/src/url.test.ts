import assert from "node:assert/strict";
import { test } from "node:test";
import type { Board, BoardLink } from "./types";
import { dataQuery, effectiveVars, findBoard, format, isSafe, linkHref, parse } from "./url";

const boards: BoardLink[] = [
  { uid: "tidemark-live-zh", id: "live", title: "实时大盘", lang: "zh" },
  { uid: "tidemark-marketing-zh", id: "marketing", title: "投放", lang: "zh" },
];

test("an address is read and written without loss", () => {
  const address = "/?board=live&lang=zh&from=now-6h&to=now&refresh=30s&theme=dark&var-channel=a%26b&var-channel=c&var-shop=chaye&kiosk";
  const state = parse(address.slice(1), "en");
  assert.deepEqual(state.vars, { channel: ["a&b", "c"], shop: ["chaye"] });
  assert.equal(state.kiosk, true);
  assert.equal(format(state), address);
});

test("what makes no sense counts as absent", () => {
  const state = parse("?page=admin&lang=fr&from=yesterday&to=%3Cscript%3E&refresh=1x&theme=pink&panel=abc", "en");
  assert.deepEqual(state, { page: "board", board: "", lang: "en", from: "", to: "", refresh: "", vars: {}, theme: "", kiosk: false, incident: "", panel: "" });
});

test("a range without end reaches until now", () => {
  assert.equal(parse("?from=now-1h", "en").to, "now");
  assert.equal(parse("?kiosk=0", "en").kiosk, false);
});

test("a board is found by id and by uid, the first one without a name", () => {
  assert.equal(findBoard(boards, "marketing")?.uid, "tidemark-marketing-zh");
  assert.equal(findBoard(boards, "tidemark-marketing-zh")?.id, "marketing");
  assert.equal(findBoard(boards, "")?.id, "live");
  assert.equal(findBoard(boards, "none"), undefined);
});

test("a drill-down link takes range and variables along only when it says so", () => {
  const state = parse("?board=live&lang=zh&from=1&to=2&var-shop=chaye&var-channel=old&theme=dark&panel=4", "zh");
  const link = { title: "", board: "tidemark-marketing-zh", set: { channel: "mail" } };
  assert.equal(linkHref({ ...link, keep: true }, state, boards), "/?board=marketing&lang=zh&from=1&to=2&theme=dark&var-channel=mail&var-shop=chaye");
  assert.equal(linkHref({ ...link, keep: false }, state, boards), "/?board=marketing&lang=zh&theme=dark&var-channel=mail");
});

test("only safe addresses become links", () => {
  const state = parse("", "en");
  for (const url of ["https://example.org/x", "/docs", "mailto:a@b.example", "?board=live"]) assert.equal(isSafe(url), true, url);
  for (const url of ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example", "/\t/evil.example", "file:///etc"]) {
    assert.equal(linkHref({ title: "", url, keep: false }, state, boards), undefined, url);
  }
});

test("a request carries range, zone, width and every value", () => {
  assert.equal(dataQuery("now-1h", "now", "Asia/Shanghai", { b: ["2"], a: ["1", "x y"] }, 600), "from=now-1h&to=now&tz=Asia%2FShanghai&width=600&var-a=1&var-a=x+y&var-b=2");
});

test("variables of the address win over the board's; a single one has one value", () => {
  const variable = { label: "", multi: false, include_all: false };
  const board = { variables: [{ ...variable, name: "shop", current: ["kiefer"] }, { ...variable, name: "channel", multi: true, current: ["$__all"] }, { ...variable, name: "none", current: null }] } as Board;
  assert.deepEqual(effectiveVars(board, parse("?var-shop=chaye&var-shop=other&var-unknown=1", "en")), { shop: ["chaye"], channel: ["$__all"] });
});
