/** Where a visit comes from, as the landing page's address says. */
export interface Origin {
  campaign?: Record<string, string>;
  ad_network?: string;
}

/** The parameters that ad networks append to links. Their values name the click, and so the person: only the network is kept. */
const networks: Record<string, string | null> = {
  __proto__: null, // a parameter may be called toString
  gclid: "google",
  gbraid: "google",
  wbraid: "google",
  msclkid: "microsoft",
  fbclid: "meta",
  ttclid: "tiktok",
  twclid: "x",
  bd_vid: "baidu",
  gdt_vid: "tencent",
  qz_gdt: "tencent",
};

/** Reads the query of an address. */
export function originOf(search: string): Origin {
  const origin: Origin = {};
  const campaign: Record<string, string> = {};
  const query = new URLSearchParams(search);
  query.forEach((value, name) => {
    if (!value) return;
    if (name.startsWith("utm_")) {
      campaign[name === "utm_campaign" ? "name" : name.slice(4)] = value.slice(0, 200);
      origin.campaign = campaign;
    }
    const network = networks[name];
    if (network) origin.ad_network = network;
  });
  // Others have a clickid as well; Ocean Engine has it beside the id of its plan or creative.
  if (query.has("clickid") && /[?&](adid|creativeid|promotionid)=/i.test(search)) origin.ad_network = "oceanengine";
  return origin;
}
