import { track } from "./call";
import { uuid } from "./uuid";
import { eachView } from "./view";

// A slot is seen when half of it, or half a window full of it, is visible for a second (the IAB's rule); a list is seen when
// the first of its items is. Each once per page view; a click names the impression that it belongs to.

const parts = "[data-tm-slot],[data-tm-list] [data-tm-item]";
const second = 1000;

type Timer = ReturnType<typeof setTimeout>;

let seen = new WeakMap<Element, string>(); // impression ids of slots and lists
const visible = new Map<Element, Timer>(); // those half in view, with their timers

const watch = new IntersectionObserver(
  (entries) => {
    for (const { target, intersectionRatio, intersectionRect } of entries) {
      if (intersectionRatio < 0.5 && intersectionRect.height < innerHeight / 2) {
        clearTimeout(visible.get(target));
        visible.delete(target);
      } else if (!visible.has(target)) {
        visible.set(target, setTimeout(() => document.hidden || impression(target as HTMLElement), second));
      }
    }
  },
  { threshold: [0.1, 0.2, 0.3, 0.4, 0.5] },
);

/** Finds slots and items, also those that a script has added. */
function find() {
  for (const element of document.querySelectorAll(parts)) watch.observe(element);
}

/** Looks anew: whatever is visible now has been so for no time. */
export function look() {
  for (const timer of visible.values()) clearTimeout(timer);
  visible.clear();
  watch.disconnect();
  find();
}

/** The slot itself, or the list that the item is in. */
const place = (element: HTMLElement) => element.closest<HTMLElement>("[data-tm-slot],[data-tm-list]")!;

/** Names the impression that the slot or item is part of; the first time it is sent. */
function impression(element: HTMLElement): string {
  const where = place(element);
  let id = seen.get(where);
  if (!id) {
    seen.set(where, (id = uuid()));
    const items = [...where.querySelectorAll<HTMLElement>("[data-tm-item]")];
    track(where === element ? "Promotion Viewed" : "Product List Viewed", {
      ...about(where, id),
      products: items.filter((item) => item === element || visible.has(item)).map((item) => ({ product_id: item.dataset.tmItem })),
    });
  }
  return id;
}

/** What a slot or a list is; what is undefined is not sent. */
const about = ({ dataset }: HTMLElement, id: string) => ({
  slot: dataset.tmSlot,
  creative: dataset.tmCreative,
  promotion_id: dataset.tmPromotion,
  list_id: dataset.tmList,
  impression_id: id,
});

/** A click on a slot or an item. Who clicks has seen it. */
export function select(target: Element) {
  const element = target.closest<HTMLElement>(parts);
  if (!element) return;
  const where = place(element);
  track(where === element ? "Promotion Clicked" : "Product Clicked", {
    ...about(where, impression(element)),
    product_id: element.dataset.tmItem,
  });
}

export function watchImpressions() {
  look();
  eachView(() => {
    seen = new WeakMap();
    look();
  });
  let timer: Timer | 0 = 0;
  new MutationObserver(() => {
    timer ||= setTimeout(() => {
      timer = 0;
      find();
    }, 300);
  }).observe(document, { childList: true, subtree: true });
}
