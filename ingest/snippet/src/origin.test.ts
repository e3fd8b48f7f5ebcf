import assert from "node:assert/strict";
import { test } from "node:test";
import { originOf } from "./origin";

test("campaign parameters become Segment's campaign", () => {
  assert.deepEqual(originOf("?utm_source=news&utm_medium=email&utm_campaign=spring&utm_term=a&utm_content=b&user=jo"), {
    campaign: { source: "news", medium: "email", name: "spring", term: "a", content: "b" },
  });
  assert.deepEqual(originOf(""), {});
  assert.deepEqual(originOf("?utm_source="), {});
  assert.equal(originOf("?utm_source=" + "x".repeat(999)).campaign?.source?.length, 200);
});

test("a click id becomes the network's name and nothing else", () => {
  for (const [id, network] of [
    ["gclid", "google"], ["wbraid", "google"], ["msclkid", "microsoft"], ["fbclid", "meta"], ["ttclid", "tiktok"], ["twclid", "x"],
    ["bd_vid", "baidu"], ["gdt_vid", "tencent"], ["qz_gdt", "tencent"],
  ] as const) {
    assert.deepEqual(originOf(`?a=b&${id}=secret-1`), { ad_network: network });
  }
  assert.deepEqual(originOf("?clickid=secret&adid=7"), { ad_network: "oceanengine" });
  assert.deepEqual(originOf("?clickid=secret"), {}); // an affiliate network's
  assert.deepEqual(originOf("?toString=1&constructor=2"), {});
});
