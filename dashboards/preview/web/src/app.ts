import { api, reason } from "./api";
import { AlertsPage } from "./alertspage";
import { BoardView } from "./boardview";
import { DemoStrip } from "./demostrip";
import { el, icon, icons, setAttr, setText } from "./dom";
import { Header } from "./header";
import { htmlLang, localised, lookup, words, type Words } from "./i18n";
import { boardRange } from "./incidentlink";
import { Store, tally } from "./incidents";
import { currentTheme, onSystemTheme, rememberTheme } from "./theme";
import { Toolbar } from "./toolbar";
import type { Board, BoardLink, Features, Incident, Lang, Variable } from "./types";
import { remember, remembered } from "./memory";
import { effectiveVars, findBoard, format, linkHref, parse, type State } from "./url";
import { Crosshair, type View } from "./view";
import { zoneOf } from "./zone";

const incidentPace = 10_000;
const langKey = "tidemark.lang";

/** The language for somebody who has not chosen one. */
function usualLang(): Lang {
  const last = remembered(langKey);
  if (last === "en" || last === "zh") return last;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** Closes the menus that the pointer or the keyboard has left. */
function closeMenus(target: Element): void {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(target)) menu.removeAttribute("open");
}

/** The page: it follows the address, and everything that people choose becomes part of the address. */
export class App {
  private state = parse(location.search, usualLang());
  private t: Words = words(this.state.lang);
  private boards: BoardLink[] = [];
  private features: Features = { incidents: false, demo: false };
  private header: Header | undefined;
  private strip: DemoStrip | undefined;
  private toolbar: Toolbar | undefined;
  private view: BoardView | AlertsPage | undefined;
  private board: Board | undefined;
  private usual: Record<string, string[]> = {};
  private turn = 0;
  private speeches = 0;
  private problem = "";
  private readonly main = el("main", { id: "content", tabindex: -1 });
  private readonly news = el("div", { class: "hidden", role: "status", "aria-live": "polite" });
  private readonly leave = el("button", { type: "button", class: "leave-kiosk bare", onclick: () => this.change({ kiosk: false }) }, icon(icons.wall));
  private readonly store = new Store((fresh) => this.announce(fresh));
  private readonly crosshair = new Crosshair();

  /** Draws the page and begins to listen. */
  async start(): Promise<void> {
    document.body.append(this.main, this.leave, this.news);
    document.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("focusin", (event) => closeMenus(event.target as Element));
    document.addEventListener("keydown", (event) => this.pressed(event));
    addEventListener("popstate", () => void this.show(parse(location.search, this.state.lang)));
    onSystemTheme(() => this.dress());
    this.store.listen(() => this.count());
    this.dress();
    await this.again();
  }

  /** Goes to another state of the page; small changes leave no trace in the browser's history. */
  private go(state: State, trace: boolean): void {
    const address = format(state);
    if (trace) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
    void this.show(state);
  }

  private change(changes: Partial<State>): void {
    this.go({ ...this.state, panel: "", ...changes }, "vars" in changes || "from" in changes || "incident" in changes);
  }

  private async show(state: State): Promise<void> {
    const before = this.state;
    this.state = state;
    this.dress();
    if (state.lang !== before.lang && !(await this.speak(Promise.resolve(this.features)))) return;
    const same = state.lang === before.lang && state.page === before.page && findBoard(this.boards, state.board)?.id === findBoard(this.boards, before.board)?.id;
    if (!same || !this.view) return this.mount();
    this.header?.update(state, this.boards, this.board?.id ?? "", this.features.incidents);
    this.toolbar?.update(state);
    this.view.update(state);
    this.reveal();
  }

  /** Puts everything outside the board into the state's language; the answer is false where another language was asked for meanwhile. */
  private async speak(features: Promise<Features>): Promise<boolean> {
    const turn = ++this.speeches;
    const { lang } = this.state;
    remember(langKey, lang);
    document.documentElement.lang = htmlLang(lang);
    this.t = words(lang);
    const focused = this.header?.element.contains(document.activeElement);
    this.header?.element.remove();
    this.strip?.dispose();
    this.strip = undefined;
    this.header = new Header(this.t, { change: (changes) => this.change(changes), theme: () => this.switchTheme() });
    document.body.prepend(this.header.element);
    setAttr(this.leave, "aria-label", this.t("kiosk.off"));
    setAttr(this.leave, "title", this.t("kiosk.off"));
    let problem = "";
    const none = (error: unknown): BoardLink[] => {
      problem = reason(error, this.t);
      return [];
    };
    const [boards, known] = await Promise.all([api.boards(lang).catch(none), features]);
    if (turn !== this.speeches) return false;
    this.problem = problem;
    this.boards = boards;
    this.features = known;
    this.strip = known.demo ? new DemoStrip(this.t, lang) : undefined;
    if (this.strip) this.header.element.after(this.strip.element);
    if (known.incidents) this.store.start(incidentPace);
    this.header.update(this.state, this.boards, "", known.incidents);
    if (focused) this.header.focus();
    this.count();
    return true;
  }

  /** Replaces what the page shows by what the state says. */
  private async mount(): Promise<void> {
    const turn = ++this.turn;
    setAttr(document.body, "data-ready", null);
    const link = findBoard(this.boards, this.state.board);
    let board: Board | undefined;
    if (this.state.page === "board") {
      if (!link) return this.fail(this.boards.length ? this.t("noBoard", { id: this.state.board }) : this.problem || this.t("noBoards"));
      try {
        board = await api.board(link.uid);
      } catch (error) {
        if (turn === this.turn) this.fail(reason(error, this.t));
        return;
      }
    }
    if (turn !== this.turn) return;
    this.clear();
    this.board = board;
    if (board) this.mountBoard(board);
    else this.mountAlerts();
    this.header?.update(this.state, this.boards, board?.id ?? "", this.features.incidents);
    this.count();
    scrollTo(0, 0);
    if (turn > 1 && document.activeElement === document.body) this.main.focus({ preventScroll: true }); // what had the focus is gone
    this.reveal();
  }

  private mountBoard(board: Board): void {
    const reload = () => (this.view as BoardView).reload();
    this.toolbar = new Toolbar(board, this.state, this.t, this.state.lang, { change: (changes) => this.change(changes), reload });
    const view = new BoardView(board, this.state, this.surroundings(board), {
      options: this.current((variables) => this.offer(variables)),
      ready: this.current((yes) => setAttr(document.body, "data-ready", yes ? "1" : null)),
    });
    this.view = view;
    setAttr(this.main, "data-board", board.id);
    setAttr(this.main, "data-lang", this.state.lang);
    this.main.replaceChildren(this.toolbar.element, view.element);
  }

  /** A callback for what is mounted now: what has been left may still be fetching, but says nothing about what came after it. */
  private current<A extends unknown[]>(callback: (...values: A) => void): (...values: A) => void {
    const turn = this.turn;
    return (...values) => {
      if (turn === this.turn) callback(...values);
    };
  }

  /** Takes over the options of the variables; a single one without a default has its first option. */
  private offer(variables: Variable[]): void {
    this.toolbar?.update(this.state, variables);
    this.usual = {};
    for (const { name, multi, options } of variables) if (!multi && options?.[0]) this.usual[name] = [options[0].value];
    this.store.changed();
  }

  private mountAlerts(): void {
    setAttr(this.main, "data-lang", this.state.lang);
    if (!this.features.incidents) return this.fail(this.t("noIncidentsHere"));
    const view = this.surroundings(undefined);
    const detail = { lang: this.state.lang, t: this.t, store: this.store, boardHref: (incident: Incident) => format({ ...this.state, ...boardRange(incident, Date.now()) }) };
    this.view = new AlertsPage(this.state, view, detail, this.current(() => setAttr(document.body, "data-ready", "1")));
    this.main.replaceChildren(this.view.element);
  }

  private clear(): void {
    this.view?.dispose();
    this.view = undefined;
    this.toolbar = undefined;
    this.board = undefined;
    setAttr(this.main, "data-board", null);
    this.main.replaceChildren();
  }

  /** Says why there is nothing to show, with a button to try again. */
  private fail(text: string): void {
    this.clear();
    const again = el("button", { type: "button", onclick: () => void this.again() }, this.t("retry"));
    this.main.replaceChildren(el("div", { class: "failure", role: "alert" }, el("p", {}, text), again));
    setAttr(document.body, "data-ready", "1");
  }

  /** Asks the server anew what there is, and shows it. */
  private async again(): Promise<void> {
    if (await this.speak(api.features().catch(() => this.features))) await this.mount();
  }

  private surroundings(board: Board | undefined): View {
    const { lang } = this.state;
    return {
      lang,
      t: this.t,
      zone: zoneOf(board?.timezone ?? ""),
      theme: () => currentTheme(this.state.theme),
      href: (link) => linkHref(link, this.state, this.boards),
      zoom: (from, to) => this.change({ from: String(from), to: String(to) }),
      incidents: this.features.incidents ? this.store : undefined,
      incidentHref: (incident) => format({ ...this.state, page: "alerts", incident: incident.id, panel: "" }),
      chosen: (name) => (board ? (effectiveVars(board, this.state)[name] ?? this.usual[name] ?? []) : []),
      crosshair: this.crosshair,
    };
  }

  private reveal(): void {
    if (this.state.panel && this.view instanceof BoardView) this.view.reveal(Number(this.state.panel));
  }

  private dress(): void {
    const root = document.documentElement;
    const theme = currentTheme(this.state.theme);
    root.classList.toggle("kiosk", this.state.kiosk);
    if (root.dataset["theme"] === theme) return;
    root.dataset["theme"] = theme;
    if (this.view instanceof BoardView) this.view.redraw();
  }

  private switchTheme(): void {
    const theme = currentTheme(this.state.theme) === "dark" ? "light" : "dark";
    rememberTheme(theme);
    this.change({ theme });
  }

  private count(): void {
    const open = this.store.list && tally(this.store.list);
    this.header?.ring(open);
    const total = open ? open.orange + open.yellow : 0;
    const name = this.state.page === "alerts" ? this.t("alerts") : this.board?.title;
    document.title = `${total ? `(${total}) ` : ""}${name ? `${name} · ` : ""}${this.t("product")}`;
  }

  private announce(fresh: Incident[]): void {
    const { lang } = this.state;
    const text = fresh.map((one) => this.t("newAlert", { tier: lookup(lang, "tier", `${one.tier}.long`), title: localised(one.title, lang), series: one.series }));
    if (text.length) setText(this.news, text.join(". "));
  }

  /** Follows the page's own links without loading it again. */
  private clicked(event: MouseEvent): void {
    const target = event.target as Element;
    closeMenus(target);
    const link = target.closest("a");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || link.target || link.getAttribute("href")?.startsWith("#") || link.origin !== location.origin || link.pathname !== "/" || !link.search) return;
    event.preventDefault();
    this.go(parse(link.search, this.state.lang), true);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) {
      menu.removeAttribute("open");
      menu.querySelector("summary")?.focus();
    } else if (this.state.kiosk && !document.querySelector("dialog[open]")) this.change({ kiosk: false });
  }
}
