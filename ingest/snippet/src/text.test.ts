import assert from "node:assert/strict";
import { test } from "node:test";
import { bare, mask } from "./text";

test("addresses lose query and fragment", () => {
  assert.equal(bare("https://shop.example/a?mail=jo@mail.example#top"), "https://shop.example/a");
  assert.equal(bare("https://shop.example/#/cart?x=1"), "https://shop.example/");
  assert.equal(bare("https://shop.example/a?b\nc"), "https://shop.example/a");
  assert.equal(bare(""), "");
});

test("messages lose what may be personal, and their length", () => {
  assert.equal(mask("x is not a function"), "x is not a function");
  assert.equal(mask("cannot load /a?user=jo&x=1 now"), "cannot load /a? now");
  assert.equal(mask("no such user jo.doe@mail.example!"), "no such user [email]");
  assert.equal(mask("call +49 (151) 123-4567 back"), "call +[number] back");
  assert.equal(mask("index 12345 of 5"), "index 12345 of 5");
  assert.equal(mask("x".repeat(9999)).length, 150);
});
