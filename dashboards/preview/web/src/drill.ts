import { el, icon, icons, setAttr, setText } from "./dom";
import type { Link } from "./types";
import type { View } from "./view";

/** Text that is a drill-down link where the server gave one; update changes either in place. */
export class DrillText {
  readonly element: HTMLElement;
  private readonly anchor: HTMLAnchorElement;
  private readonly plain: HTMLElement;

  constructor(
    private readonly view: View,
    className = "",
  ) {
    this.anchor = el("a", { "data-drill": true });
    this.plain = el("span");
    this.element = el("span", { class: className || null }, this.plain);
  }

  update(text: string, link: Link | undefined): void {
    const href = link && this.view.href(link);
    const shown = href ? this.anchor : this.plain;
    if (href) {
      setAttr(this.anchor, "href", href);
      setAttr(this.anchor, "title", link.title ? this.view.t("drill", { title: link.title }) : null);
    }
    setText(shown, text);
    if (this.element.firstChild !== shown) this.element.replaceChildren(shown);
  }
}

/** A small icon that follows a link, for places whose text is not a link. */
export function drillIcon(view: View, link: Link): HTMLAnchorElement | null {
  const href = view.href(link);
  if (!href) return null;
  const title = view.t("drill", { title: link.title });
  return el("a", { "data-drill": true, href, class: "button bare", title, "aria-label": title }, icon(icons.link));
}
