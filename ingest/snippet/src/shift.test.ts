import assert from "node:assert/strict";
import { test } from "node:test";
import { shifts, slowest } from "./shift";

test("shifts add up within a burst, and the worst burst counts", () => {
  const add = shifts();
  assert.equal(add(100, 0.1), 0.1);
  assert.equal(add(900, 0.2).toFixed(2), "0.30");
  assert.equal(add(2000, 0.25).toFixed(2), "0.30"); // a gap of more than a second
  assert.equal(add(2100, 0.1).toFixed(2), "0.35");
});

test("a burst ends after five seconds", () => {
  const add = shifts();
  for (let at = 0; at < 5000; at += 500) add(at, 0.1);
  assert.equal(add(5000, 0.1).toFixed(2), "1.00");
});

test("one interaction in fifty may be slower", () => {
  assert.equal(slowest([], 0), undefined);
  assert.equal(slowest([40, 300, 80], 3), 300);
  assert.equal(slowest([40, 300, 80], 60), 80);
  assert.equal(slowest([40], 500), 40);
});
