import { aborted, api, reason } from "./api";
import { el, icon, icons, setAttr, setText } from "./dom";
import { oldAge } from "./format";
import { remember, remembered } from "./memory";
import { byAttention, sections, type Section } from "./layout";
import { PanelFrame } from "./panelframe";
import { Poller } from "./poll";
import { Queue } from "./queue";
import { refreshMillis } from "./range";
import type { Board, Variable } from "./types";
import { dataQuery, effectiveVars, type State } from "./url";
import type { View } from "./view";
import { zoneName } from "./zone";

/** What the board tells the page around it. */
export interface BoardEvents {
  /** The variables' options have come. */
  options(variables: Variable[]): void;
  /** No panel is loading any more, or some are again. */
  ready(yes: boolean): void;
}

const together = 6;

/** A board with its panels, kept up to date until it is disposed of. */
export class BoardView {
  readonly element: HTMLElement;
  private readonly frames = new Map<number, PanelFrame>();
  private readonly folded = new Set<number>();
  private readonly banner = el("p", { class: "banner", role: "status", hidden: true });
  private readonly queue = new Queue(together);
  private readonly poller = new Poller(() => this.load(false));
  private readonly observer = new ResizeObserver((entries) => this.resized(entries));
  private readonly clock = setInterval(() => this.tick(), 5000);
  private fetchedAt = 0;
  private marks = "[]";
  private loads = 0;

  constructor(
    readonly board: Board,
    private state: State,
    private readonly view: View,
    private readonly events: BoardEvents,
  ) {
    this.element = el("div", { class: "board" }, el("h1", {}, board.title), this.banner);
    this.element.append(...sections(board.panels ?? []).map((section) => this.section(section)));
    for (const frame of this.frames.values()) this.observer.observe(frame.element);
    this.reload();
  }

  /** Shows another range, other values of the variables, or refreshes at another pace. */
  update(state: State): void {
    const before = this.query();
    this.state = state;
    for (const frame of this.frames.values()) frame.relink();
    this.redraw(); // links lead to what is chosen now
    if (this.query() !== before) this.reload(true);
    else this.poller.start(this.pace());
  }

  /** Fetches everything now; what is drawn is marked as outdated only where something else was chosen. */
  reload(changed = false): void {
    this.poller.start(this.pace());
    void this.load(true, changed);
  }

  /** Draws the same data again: colours or links have changed. */
  redraw(): void {
    for (const frame of this.frames.values()) frame.body.redraw?.();
  }

  /** Brings a panel into sight. */
  reveal(id: number): void {
    const frame = this.frames.get(id);
    if (!frame) return;
    frame.element.scrollIntoView({ block: "center" });
    setAttr(frame.element, "tabindex", -1);
    frame.element.focus({ preventScroll: true });
    frame.element.classList.add("revealed");
  }

  dispose(): void {
    this.poller.close();
    clearInterval(this.clock);
    this.queue.clear();
    this.observer.disconnect();
    for (const frame of this.frames.values()) frame.dispose();
    this.element.remove();
  }

  private pace(): number {
    return refreshMillis(this.state.refresh || this.board.refresh);
  }

  private query(width = 0): string {
    return dataQuery(this.state.from || this.board.from, this.state.to || this.board.to, zoneName(this.view.zone), effectiveVars(this.board, this.state), width);
  }

  private section(section: Section): HTMLElement {
    const grid = el("div", { class: "grid" }, ...section.panels.map((panel) => {
      const frame = new PanelFrame(panel, this.view, () => this.reload());
      this.frames.set(panel.id, frame);
      return frame.element;
    }));
    if (!section.row) return grid;
    const { id, title } = section.row;
    const key = `tidemark.fold.${this.board.id}.${id}`;
    const button = el("button", { type: "button", "aria-label": this.view.t("collapse", { title }) }, icon(icons.fold), title);
    const fold = (closed: boolean) => {
      grid.hidden = closed;
      setAttr(button, "aria-expanded", String(!closed));
      if (closed) for (const panel of section.panels) this.folded.add(panel.id);
      else for (const panel of section.panels) this.folded.delete(panel.id);
    };
    fold(remembered(key) === "1");
    button.addEventListener("click", () => {
      fold(!grid.hidden);
      remember(key, grid.hidden ? "1" : "0");
      if (!grid.hidden) this.reload();
    });
    return el("section", { class: "row", "data-panel": id, "data-type": "row", "data-state": "drawn", "aria-label": title }, el("h2", {}, button), grid);
  }

  /** Fetches every panel that is not folded away. A person's wish calls off what is under way; the clock's does not. */
  private async load(wanted: boolean, changed = false): Promise<boolean> {
    const turn = wanted ? ++this.loads : 0;
    const open = [...this.frames.values()].filter((frame) => !this.folded.has(frame.panel.id));
    if (wanted) {
      this.events.ready(false);
      for (const frame of open) if (changed || !frame.drawn) frame.loading();
    }
    const places = new Map(open.map((frame) => [frame, frame.place()]));
    open.sort((a, b) => byAttention(places.get(a)!, places.get(b)!));
    const due = (key: string) => wanted || !this.queue.has(key);
    const jobs = [
      ...(wanted && this.board.variables?.length ? [this.fetchVariables()] : []),
      ...open.filter((frame) => due(String(frame.panel.id))).map((frame) => this.fetch(frame)),
      ...(due("annotations") ? [this.fetchAnnotations()] : []),
    ];
    const results = await Promise.all(jobs);
    if (turn === this.loads) this.events.ready(true);
    const ok = results.every(Boolean);
    if (ok) this.fetchedAt = Date.now();
    this.warn(results.length > 0 && !results.some(Boolean));
    return ok;
  }

  private warn(away: boolean): void {
    this.banner.hidden = !away || !this.fetchedAt;
    this.tick();
  }

  private tick(): void {
    for (const frame of this.frames.values()) frame.tick();
    if (!this.banner.hidden) setText(this.banner, this.view.t("offline", { age: oldAge(this.fetchedAt, this.view.lang) }));
  }

  /** Runs one request in the queue; the answer is whether it went well or was called off. */
  private async attempt(key: string, job: (signal: AbortSignal) => Promise<void>, failed: (reason: string) => void): Promise<boolean> {
    let ok = true;
    await this.queue.add(key, async (signal) => {
      try {
        await job(signal);
      } catch (error) {
        if (aborted(error)) return;
        ok = false;
        failed(reason(error, this.view.t));
      }
    });
    return ok;
  }

  private fetch(frame: PanelFrame): Promise<boolean> {
    const { id } = frame.panel;
    return this.attempt(String(id), async (signal) => frame.show(await api.panel(this.board.uid, id, this.query(frame.width()), signal)), (text) => frame.fail(text));
  }

  private fetchAnnotations(): Promise<boolean> {
    return this.attempt("annotations", async (signal) => {
      const marks = (await api.annotations(this.board.uid, this.query(), signal)) ?? [];
      const text = JSON.stringify(marks);
      if (text === this.marks) return;
      this.marks = text;
      for (const frame of this.frames.values()) frame.annotate(marks);
    }, () => undefined);
  }

  private fetchVariables(): Promise<boolean> {
    return this.attempt("variables", async (signal) => this.events.options(await api.variables(this.board.uid, this.query(), signal)), () => undefined);
  }

  private resized(entries: ResizeObserverEntry[]): void {
    for (const { target } of entries) this.frames.get(Number((target as HTMLElement).dataset["panel"]))?.body.resize?.();
  }
}
