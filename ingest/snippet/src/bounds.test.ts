import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsIn, excess, fitting, nameOf, pause } from "./bounds";

test("what is kept is bounded in number and size, and the oldest goes", () => {
  assert.deepEqual(excess([]), []);
  assert.deepEqual(excess(["1.20.10.x", "2.20.10.x", "3.180.10.x"]), ["1.20.10.x"]);
  assert.deepEqual(excess(["1.1.60000.x", "2.1.50000.x", "3.1.50000.x"]), ["1.1.60000.x"]);
});

test("a batch's name tells its figures", () => {
  assert.equal(nameOf(17, ["{}", "{}"], "x"), "17.2.5.x");
  assert.equal(eventsIn("17.2.5.x"), 2);
});

test("attempts back off to a minute, and not before the collector wants", () => {
  assert.equal(pause(1, 0, 1), 2000);
  assert.equal(pause(1, 0, 0), 1000);
  assert.equal(pause(20, 0, 1), 60_000);
  assert.equal(pause(1, 7, 0.3), 7000);
});

test("a request holds twenty events and sixteen thousand characters", () => {
  assert.equal(fitting([]), 0);
  assert.equal(fitting(Array(50).fill("{}")), 20);
  assert.equal(fitting(["x".repeat(9000), "x".repeat(7000), "x"]), 2);
});
