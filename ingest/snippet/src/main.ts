import { empty } from "./box";
import { call, track } from "./call";
import { watchClicks } from "./clicks";
import { watchEngagement } from "./engaged";
import { watchErrors } from "./errors";
import { look, select, watchImpressions } from "./impressions";
import { emptyOutbox, leave, openOutbox } from "./outbox";
import { consentRequired } from "./settings";
import { type Api, page, state } from "./state";
import { view, watchViews } from "./view";
import { forgetVisitor } from "./visitor";
import { watchVitals } from "./vitals";

let watching = false;

const api: Api = (name, value, properties) => {
  if (name === "consent") value ? start() : stop();
  else if (name === "track") track(value, properties);
  else if (name === "page") view(value as object | undefined);
  else if (name === "identify") {
    state.user = value ? String(value) : undefined; // nobody after a logout
    if (value) call("identify", {});
  }
};
api.dropped = 0;

function start() {
  if (state.on) return;
  state.on = true;
  openOutbox();
  view();
  if (!watching) watch();
}

/** Everything that listens, once per page; while consent is withdrawn it hears and says nothing. */
function watch() {
  watching = true;
  watchViews();
  watchErrors();
  watchClicks(select);
  watchImpressions();
  const engagement = watchEngagement();
  const vitals = watchVitals();
  const hide = () => {
    engagement();
    vitals();
    leave();
  };
  addEventListener("visibilitychange", () => (document.hidden ? hide() : look()));
  addEventListener("pagehide", hide);
}

function stop() {
  state.on = false;
  state.user = undefined;
  emptyOutbox();
  empty();
  forgetVisitor();
}

const calls = page.tidemark?.q || [];
if (navigator.doNotTrack === "1" || (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) page.tidemark = () => {};
else {
  page.tidemark = api;
  const begin = () => {
    // What the page said of consent before this script was there holds from the beginning.
    const consent = calls.find(([name]) => name === "consent");
    if (consent ? consent[1] : !consentRequired) start();
    for (const one of calls) api(...one);
  };
  // A page that the browser loads ahead has not been viewed.
  if ((document as { prerendering?: boolean }).prerendering) document.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
}
