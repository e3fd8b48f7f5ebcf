import { currentTheme } from "./theme";
import { el, icon, icons, setAttr, setChildren, setText, svg } from "./dom";
import type { Words } from "./i18n";
import type { BoardLink } from "./types";
import { format, type State } from "./url";

/** What the header asks of the page. */
export interface HeaderEvents {
  change(changes: Partial<State>): void;
  theme(): void;
}

/** The line at the top: boards, alerts, language, colours, wall display. */
export class Header {
  readonly element: HTMLElement;
  private readonly tabs = el("ul");
  private readonly links = new Map<string, HTMLAnchorElement>();
  private readonly count = el("span", { class: "bell-count" });
  private readonly bell = el("a", { class: "button bell", hidden: true });
  private readonly lang: HTMLAnchorElement;
  private readonly theme: HTMLButtonElement;

  constructor(
    private readonly t: Words,
    events: HeaderEvents,
  ) {
    this.bell.append(icon(icons.bell), this.count);
    this.lang = el("a", { class: "button", "data-lang-link": true, lang: t("otherLang") === "English" ? "en" : "zh-CN", title: t("otherLangLabel"), "aria-label": t("otherLangLabel") }, t("otherLang"));
    this.theme = el("button", { type: "button", class: "bare", "data-theme-toggle": true, onclick: events.theme });
    const kiosk = el("button", { type: "button", class: "bare", "data-kiosk": true, title: t("kiosk.on"), "aria-label": t("kiosk.on"), onclick: () => events.change({ kiosk: true }) }, icon(icons.wall));
    const mark = svg("svg", { viewBox: "0 0 32 32", class: "mark", "aria-hidden": "true" }, svg("path", { d: "M3 19c4.3 0 4.3-5 8.7-5s4.3 5 8.6 5 4.4-5 8.7-5M3 26c4.3 0 4.3-5 8.7-5s4.3 5 8.6 5 4.4-5 8.7-5M3 8h26" }));
    this.element = el("header", { class: "top" },
      el("a", { class: "skip", href: "#content" }, t("skip")),
      el("span", { class: "brand" }, mark, t("product")),
      el("nav", { "aria-label": t("boards") }, this.tabs),
      el("div", { class: "tools" }, this.bell, this.lang, this.theme, kiosk));
  }

  update(state: State, boards: BoardLink[], shown: string, withAlerts: boolean): void {
    const entries = boards.map((board) => ({ key: board.id, text: board.title, href: format({ ...state, page: "board", board: board.id, incident: "", panel: "" }), on: state.page === "board" && shown === board.id }));
    const alertsHref = format({ ...state, page: "alerts", incident: "", panel: "" });
    if (withAlerts) entries.push({ key: "alerts page", text: this.t("alerts"), href: alertsHref, on: state.page === "alerts" });
    setChildren(this.tabs, entries.map(({ key, text, href, on }) => {
      let link = this.links.get(key);
      if (!link) this.links.set(key, (link = el("a")));
      if (!link.parentElement) el("li", {}, link);
      setText(link, text);
      setAttr(link, "href", href);
      setAttr(link, "aria-current", on ? "page" : null);
      return link.parentElement!;
    }));
    this.bell.hidden = !withAlerts;
    setAttr(this.bell, "href", alertsHref);
    setAttr(this.lang, "href", format({ ...state, lang: state.lang === "zh" ? "en" : "zh" }));
    const dark = currentTheme(state.theme) === "dark";
    const label = this.t(dark ? "theme.light" : "theme.dark");
    setAttr(this.theme, "title", label);
    setAttr(this.theme, "aria-label", label);
    this.theme.replaceChildren(icon(dark ? icons.sun : icons.moon));
  }

  /** Puts the focus where it was before the language changed. */
  focus(): void {
    this.lang.focus();
  }

  /** Shows how many alerts are open; undefined while that is not known. */
  ring(open: { orange: number; yellow: number } | undefined): void {
    const { orange, yellow } = open ?? { orange: 0, yellow: 0 };
    const label = this.t(!open ? "alerts" : orange + yellow ? "openAlerts" : "noAlerts", { orange, yellow });
    setAttr(this.bell, "aria-label", label);
    setAttr(this.bell, "title", label);
    setAttr(this.bell, "data-tier", orange ? "orange" : yellow ? "yellow" : "green");
    const parts = [orange && `${this.t("tier.orange")} ${orange}`, yellow && `${this.t("tier.yellow")} ${yellow}`].filter(Boolean);
    setText(this.count, parts.join(" · "));
    this.count.hidden = !parts.length;
  }
}
