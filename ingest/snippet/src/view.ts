import { call, track } from "./call";
import { originOf } from "./origin";
import { searchParam } from "./settings";
import { state } from "./state";
import { bare } from "./text";

let shown = ""; // address of the last view
let before = document.referrer;
const turns: (() => void)[] = [];

/** Has something done between one page view and the next. */
export const eachView = (turn: () => void) => turns.push(turn);

/** The address without its fragment, which may change without another page. */
const address = () => location.href.split("#")[0]!;

/** A page view begins. */
export function view(properties?: object) {
  if (!state.on) return;
  for (const turn of turns) turn();
  shown = address();
  const url = bare(shown);
  state.context = {
    page: { path: location.pathname, url, referrer: bare(before) },
    locale: navigator.language,
    ...originOf(location.search),
  };
  before = url;
  call("page", { properties });
  const words = searchParam && new URLSearchParams(location.search).get(searchParam);
  if (words) track("Products Searched", { query: words });
}

/** Sees a single-page application show another page: the address changes without a load. A change of the fragment is none. */
export function watchViews() {
  const changed = () => {
    if (address() !== shown) view();
  };
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    history[name] = function (...args) {
      original.apply(this, args);
      changed();
    };
  }
  addEventListener("popstate", changed);
  // Back from the browser's memory of whole pages, where scripts stood still.
  addEventListener("pageshow", (event) => event.persisted && view());
}
