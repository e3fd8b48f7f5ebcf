import assert from "node:assert/strict";
import { test } from "node:test";
import { engagement } from "./engagement";

test("a heartbeat counts while the page is visible and somebody moves", () => {
  const engaged = engagement();
  assert.equal(engaged.beat(true), false); // the page was opened
  assert.equal(engaged.beat(true), false); // nobody moved
  engaged.move();
  assert.equal(engaged.beat(false), false); // hidden
  engaged.move();
  assert.equal(engaged.beat(true), false);
  engaged.move();
  assert.equal(engaged.beat(true), true); // thirty seconds are reported
  assert.equal(engaged.take(), 30_000);
  assert.equal(engaged.take(), 0);
});
