import { el, icon, icons, setAttr, setText } from "./dom";
import { drillIcon } from "./drill";
import { oldAge, time } from "./format";
import { markdown } from "./markdownview";
import { AlertsPanel } from "./panels/alerts";
import { BarsPanel } from "./panels/bars";
import { GaugePanel } from "./panels/gauge";
import { StatPanel } from "./panels/stat";
import { TablePanel } from "./panels/table";
import { TextPanel } from "./panels/text";
import { TimeSeries } from "./panels/timeseries";
import type { Annotation, Data, Link, Panel } from "./types";
import type { Body, View } from "./view";

/** The inside for a panel's type. */
function makeBody(panel: Panel, view: View): Body {
  switch (panel.type) {
    case "stat": return new StatPanel(view);
    case "gauge": return new GaugePanel(view);
    case "bars": return new BarsPanel(view, false, panel.title);
    case "funnel": return new BarsPanel(view, true, panel.title);
    case "table": return new TablePanel(panel.title, view);
    case "alerts": return new AlertsPanel(panel.title, view);
    case "text": return new TextPanel();
    default: return new TimeSeries(panel, view);
  }
}

/** A panel with its heading, and what stands for its drawing while there is none or only an old one. */
export class PanelFrame {
  readonly element: HTMLElement;
  readonly body: Body;
  private readonly message = el("div", { class: "message" });
  private readonly stale = el("span", { class: "stale", hidden: true });
  private readonly anchors: [HTMLAnchorElement, Link][] = [];
  private drawnAt = 0;

  constructor(
    readonly panel: Panel,
    private readonly view: View,
    private readonly retry: () => void,
  ) {
    this.body = makeBody(panel, view);
    const title = `panel-${panel.id}-title`;
    const head = el("header", { class: "panel-head" }, panel.title ? el("h3", { id: title, title: panel.title }, panel.title) : null, this.stale, ...this.tools());
    this.element = el("section", { class: panel.title ? "panel" : "panel untitled", "aria-labelledby": panel.title ? title : null, "data-panel": panel.id, "data-type": panel.type }, head, el("div", { class: "panel-body" }, this.body.element, this.message));
    for (const [name, value] of Object.entries({ x: panel.x, y: panel.y, w: panel.w, h: panel.h })) this.element.style.setProperty(`--${name}`, String(value));
    this.loading();
  }

  /** Whether there is a drawing, be it an old one. */
  get drawn(): boolean {
    return this.drawnAt > 0;
  }

  /** Says that other data is on its way; what is drawn stays until then. */
  loading(): void {
    this.state("loading", this.drawn ? "" : this.view.t("loading"));
  }

  /** Draws new data, or says why there is none. */
  show(data: Data): void {
    if (data.error) return this.fail(data.error);
    const drew = this.body.update(data);
    this.drawnAt = Date.now();
    this.stale.hidden = true;
    this.state(drew ? "drawn" : "empty", drew ? "" : data.message || this.view.t("noData"));
  }

  /** Says that new data could not be had: beside the old drawing where there is one. */
  fail(reason: string): void {
    const { t, lang, zone } = this.view;
    if (!this.drawn) {
      this.state("error", t("failed", { reason }));
      this.message.append(el("button", { type: "button", onclick: this.retry }, t("retry")));
      return;
    }
    if (this.element.dataset["state"] === "loading") this.state("drawn", "");
    this.stale.hidden = this.panel.type === "text";
    this.tick();
    setAttr(this.stale, "title", t("staleHint", { reason, at: time(this.drawnAt, lang, zone, "moment") }));
  }

  /** Lets the mark of old data grow older. */
  tick(): void {
    if (!this.stale.hidden) setText(this.stale, this.view.t("stale", { age: oldAge(this.drawnAt, this.view.lang) }));
  }

  annotate(marks: Annotation[]): void {
    this.body.annotate?.(marks);
  }

  /** Makes the panel's own links lead from what is chosen now. */
  relink(): void {
    for (const [anchor, link] of this.anchors) setAttr(anchor, "href", this.view.href(link));
  }

  /** Whether it is on the screen, and how far from the top, to fetch what people see first. */
  place(): { visible: boolean; top: number } {
    const box = this.element.getBoundingClientRect();
    return { visible: box.bottom > 0 && box.top < innerHeight, top: box.top };
  }

  /** How wide the server may take the drawing to be, in steps, so that requests are alike on like screens. */
  width(): number {
    return Math.max(200, Math.ceil(this.element.clientWidth / 100) * 100);
  }

  dispose(): void {
    this.body.dispose?.();
  }

  private state(name: "loading" | "drawn" | "empty" | "error", text: string): void {
    setAttr(this.element, "data-state", name);
    setAttr(this.element, "aria-busy", name === "loading" ? "true" : null);
    setText(this.message, text);
    this.message.hidden = !text;
  }

  private tools(): Node[] {
    const { panel, view } = this;
    const tools: Node[] = [];
    if (this.body.asTable) tools.push(this.tableToggle());
    for (const link of panel.links ?? []) {
      const anchor = drillIcon(view, link);
      if (!anchor) continue;
      this.anchors.push([anchor, link]);
      tools.push(anchor);
    }
    if (panel.description) {
      const label = view.t("about", { title: panel.title });
      tools.push(el("details", { class: "about", "data-menu": true }, el("summary", { class: "button bare", "aria-label": label, title: label }, icon(icons.info)), el("div", { class: "pop prose" }, ...markdown(panel.description, 4))));
    }
    return tools;
  }

  private tableToggle(): HTMLButtonElement {
    const { t } = this.view;
    const title = this.panel.title;
    let on = false;
    const button = el("button", { type: "button", class: "button bare", "data-as-table": true, "aria-pressed": "false", title: t("asTable", { title }), "aria-label": t("asTable", { title }) }, icon(icons.table));
    button.addEventListener("click", () => {
      on = !on;
      this.body.asTable!(on);
      setAttr(button, "aria-pressed", String(on));
      setAttr(button, "title", t(on ? "asChart" : "asTable", { title }));
      button.replaceChildren(icon(on ? icons.chart : icons.table));
    });
    return button;
  }
}
