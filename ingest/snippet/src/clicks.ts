import { track } from "./call";

/** Sees clicks, and where on the page they are: in what the page has named, else in a landmark of HTML. */
export function watchClicks(also: (target: Element) => void) {
  addEventListener(
    "click",
    ({ target, isTrusted }) => {
      if (!isTrusted || !(target instanceof Element)) return; // scripts click too
      const named = target.closest<HTMLElement>("[data-tm-region]")?.dataset.tmRegion;
      track("Element Clicked", { region: named || target.closest("header,nav,main,aside,footer")?.localName || "page" });
      also(target);
    },
    true, // before anybody can stop it
  );
}
