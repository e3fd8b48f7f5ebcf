import { el, setAttr, setChildren, setText } from "./dom";
import { drillIcon } from "./drill";
import type { Link } from "./types";
import type { View } from "./view";

/** One entry: a series, or both limits of a tier. */
export interface Entry {
  key: string;
  name: string;
  color: string;
  dashed: boolean;
  last: string;
  link: Link | undefined;
}

interface Item {
  line: HTMLElement;
  toggle: HTMLButtonElement;
  swatch: HTMLElement;
  name: HTMLElement;
  last: HTMLElement;
  drill: Element | null;
  href: string | undefined;
}

/** The list of a chart's series: each can be hidden and shown. Its elements are kept by key. */
export class Legend {
  readonly element = el("ul", { class: "legend" });
  private readonly items = new Map<string, Item>();

  constructor(
    private readonly view: View,
    private readonly toggled: (key: string) => void,
  ) {}

  update(entries: Entry[], hidden: ReadonlySet<string>): void {
    for (const key of [...this.items.keys()]) if (!entries.some((entry) => entry.key === key)) this.items.delete(key);
    setChildren(this.element, entries.map((entry) => this.item(entry, hidden.has(entry.key)).line));
  }

  private item(entry: Entry, hidden: boolean): Item {
    let item = this.items.get(entry.key);
    if (!item) this.items.set(entry.key, (item = this.make(entry)));
    item.swatch.style.color = entry.color;
    item.swatch.classList.toggle("dashed", entry.dashed);
    setText(item.name, entry.name);
    setText(item.last, entry.last);
    setAttr(item.toggle, "aria-pressed", hidden ? "false" : "true");
    const href = entry.link && this.view.href(entry.link);
    if (href !== item.href) {
      item.drill?.remove();
      item.drill = entry.link ? drillIcon(this.view, entry.link) : null;
      item.href = href;
      if (item.drill) item.line.append(item.drill);
    }
    return item;
  }

  private make(entry: Entry): Item {
    const swatch = el("span", { class: "swatch" });
    const name = el("span", { class: "legend-name" });
    const last = el("span", { class: "legend-last" });
    const toggle = el("button", { type: "button", class: "legend-toggle", title: this.view.t("showSeries", { name: entry.name }), onclick: () => this.toggled(entry.key) }, swatch, name, last);
    return { line: el("li", {}, toggle), toggle, swatch, name, last, drill: null, href: undefined };
  }
}
