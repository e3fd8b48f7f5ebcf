import { createChart, drawChart, frame, tierColor, valueAt, type Chart, type Look } from "../chart";
import { ink, named, seriesColors } from "../color";
import { el, setAttr, setText } from "../dom";
import { time, value } from "../format";
import { Legend, type Entry } from "../legend";
import { watchPointer } from "../pointer";
import { nearest } from "../scale";
import { model, type Band, type Model } from "../seriesmodel";
import { seriesTable, summary } from "../summary";
import { rem } from "../theme";
import { Tooltip, type TipRow } from "../tooltip";
import type { Annotation, Data, Panel } from "../types";
import type { Body, View } from "../view";
import { TableView } from "./table";

/** Lines over time, with the limits of the alert tiers, annotations, a crosshair, and zoom by dragging. */
export class TimeSeries implements Body {
  readonly element: HTMLElement;
  private readonly host = el("div", { class: "chart-host" });
  private readonly cross = el("div", { class: "crosshair", hidden: true });
  private readonly brush = el("div", { class: "brush", hidden: true });
  private readonly spoken = el("div", { class: "hidden", role: "status" });
  private readonly plot: HTMLElement;
  private readonly tip = new Tooltip();
  private readonly legend: Legend;
  private readonly table: TableView;
  private readonly hidden = new Set<string>();
  private readonly deaf: () => void;
  private chart: Chart | undefined;
  private data: Data | undefined;
  private model: Model | undefined;
  private marks: Annotation[] = [];
  private colors = new Map<string, string>();
  private at: number | null = null;

  constructor(
    private readonly panel: Panel,
    private readonly view: View,
  ) {
    this.plot = el("div", { class: "plot", tabindex: 0, role: "group" }, this.host, this.cross, this.brush, this.tip.element, this.spoken);
    this.legend = new Legend(view, (key) => this.toggle(key));
    this.table = new TableView(view);
    this.table.element.hidden = true;
    this.element = el("div", { class: "timeseries" }, this.plot, this.legend.element, this.table.element);
    this.deaf = view.crosshair.listen((at, source) => source !== this && this.showCross(at));
    watchPointer(this.plot, {
      move: (x) => this.point(this.timeAt(x)),
      leave: () => this.point(null),
      drag: (from, to) => this.showBrush(from, to),
      drop: (from, to) => this.zoom(from, to),
      step: (by) => this.step(by),
    });
  }

  update(data: Data): boolean {
    this.data = data;
    this.draw();
    return this.model!.lines.some((line) => line.points.some(([, amount]) => amount !== null));
  }

  annotate(marks: Annotation[]): void {
    this.marks = marks;
    this.draw();
  }

  redraw(): void {
    this.draw();
  }

  resize(): void {
    this.chart?.resize();
    this.draw();
  }

  asTable(on: boolean): void {
    this.plot.hidden = this.legend.element.hidden = on;
    this.table.element.hidden = !on;
    this.draw();
  }

  dispose(): void {
    this.deaf();
    this.chart?.dispose();
  }

  private draw(): void {
    const { data, view } = this;
    if (!data) return;
    const steps = Math.max(2, Math.round(this.host.clientHeight / (rem() * 2.4)));
    const found = (this.model = model(data.series ?? [], data.thresholds ?? [], this.hidden, steps));
    this.colors = this.colorsOf(found);
    if (!this.table.element.hidden) this.table.update(seriesTable(found, view.t, view.lang, view.zone));
    this.legend.update(this.entries(found), this.hidden);
    setAttr(this.plot, "aria-label", `${summary(this.panel.title, data, found, view.t, view.lang, view.zone)} ${view.t("chartKeys")}`);
    if (this.plot.hidden || !this.host.clientWidth) return;
    this.chart ??= createChart(this.host);
    drawChart(this.chart, this.look(found, data));
    if (this.at !== null) this.point(this.at);
  }

  private look(found: Model, data: Data): Look {
    const { view } = this;
    return {
      model: found, from: data.from, to: data.to, annotations: this.marks, hidden: this.hidden, colors: this.colors,
      theme: view.theme(), lang: view.lang, zone: view.zone, rem: rem(), width: this.host.clientWidth,
    };
  }

  /** The expected value has the colour of the text: it is no series of its own. */
  private colorsOf(found: Model): Map<string, string> {
    const theme = this.view.theme();
    const colors = seriesColors(found.lines.filter((line) => !line.expected).map((line) => line.name), theme);
    for (const line of found.lines) {
      const color = line.expected ? ink[theme] : named(line.series.color, theme);
      if (color) colors.set(line.name, color);
    }
    return colors;
  }

  private entries(found: Model): Entry[] {
    const lines = found.lines.map((line) => ({
      key: line.name, name: line.name, color: this.colors.get(line.name)!, dashed: line.expected, last: line.series.last ?? "", link: line.series.link,
    }));
    const limits = found.bands.map((band) => ({
      key: band.tier, name: this.view.t(`${band.tier}Limits`), color: tierColor(band.tier, this.view.theme()), dashed: true, last: "", link: undefined,
    }));
    return [...lines, ...limits];
  }

  private toggle(key: string): void {
    if (!this.hidden.delete(key)) this.hidden.add(key);
    this.draw();
  }

  private inner() {
    const inner = frame(this.look(this.model!, this.data!));
    return { left: inner.left, width: Math.max(1, this.host.clientWidth - inner.left - inner.right) };
  }

  /** The time under a place on the chart, null left or right of the plot. */
  private timeAt(x: number, clamp = false): number | null {
    if (!this.data || !this.model) return null;
    const { left, width } = this.inner();
    const share = (x - left) / width;
    if (!clamp && (share < -0.01 || share > 1.01)) return null;
    return this.data.from + Math.min(1, Math.max(0, share)) * (this.data.to - this.data.from);
  }

  private xOf(at: number): number {
    const { left, width } = this.inner();
    return left + ((at - this.data!.from) / (this.data!.to - this.data!.from)) * width;
  }

  private point(at: number | null): void {
    const index = at === null || !this.model ? -1 : nearest(this.model.times, at);
    const snapped = index < 0 ? null : this.model!.times[index]!;
    this.at = snapped;
    this.brush.hidden = true;
    this.showCross(snapped);
    this.view.crosshair.point(snapped, this);
    if (snapped === null) this.tip.hide();
    else this.tip.show(time(snapped, this.view.lang, this.view.zone, "time"), this.rows(snapped), this.notes(snapped), this.xOf(snapped), this.plot.clientWidth);
  }

  private rows(at: number): TipRow[] {
    const { lang, t } = this.view;
    const lines = this.model!.lines.filter((line) => !this.hidden.has(line.name)).map((line) => ({
      color: this.colors.get(line.name)!, dashed: line.expected, name: line.name, value: value(valueAt(line.points, at), line.series.unit, lang),
    }));
    const limits = this.model!.bands.filter((band) => !this.hidden.has(band.tier)).map((band) => ({
      color: tierColor(band.tier, this.view.theme()), dashed: true, name: t(`${band.tier}Limits`), value: this.limits(band, at),
    }));
    return [...lines, ...limits.filter((row) => row.value)];
  }

  private limits(band: Band, at: number): string {
    const unit = this.model!.unit;
    const low = valueAt(band.low, at);
    const high = valueAt(band.high, at);
    const written = (amount: number) => value(amount, unit, this.view.lang);
    if (typeof low === "number" && typeof high === "number") return `${written(low)} – ${written(high)}`;
    if (typeof low === "number") return `< ${written(low)}`;
    return typeof high === "number" ? `> ${written(high)}` : "";
  }

  private notes(at: number): string[] {
    const near = (this.data!.to - this.data!.from) / 120;
    return this.marks
      .filter((mark) => at >= mark.time - near && at <= (mark.end ?? mark.time) + near)
      .map((mark) => `${time(mark.time, this.view.lang, this.view.zone, "minute")} ${[mark.title, mark.text].filter(Boolean).join(": ")}`);
  }

  private step(by: number): void {
    const times = this.model?.times ?? [];
    if (!times.length) return;
    const from = this.at === null ? times.length : nearest(times, this.at);
    const index = Math.min(times.length - 1, Math.max(0, from + by));
    this.point(times[index]!);
    const said = this.rows(times[index]!).map((row) => `${row.name} ${row.value}`);
    setText(this.spoken, [time(times[index]!, this.view.lang, this.view.zone), ...said].join(", "));
  }

  private showCross(at: number | null): void {
    const shown = at !== null && this.data !== undefined && this.model !== undefined && at >= this.data.from && at <= this.data.to;
    this.cross.hidden = !shown;
    if (shown) this.cross.style.transform = `translateX(${Math.round(this.xOf(at))}px)`;
  }

  private showBrush(from: number, to: number): void {
    const { left, width } = this.inner();
    const start = Math.max(left, from);
    this.tip.hide();
    this.brush.hidden = false;
    this.brush.style.transform = `translateX(${start}px)`;
    this.brush.style.width = `${Math.max(0, Math.min(left + width, to) - start)}px`;
  }

  private zoom(from: number, to: number): void {
    this.brush.hidden = true;
    const start = this.timeAt(from, true);
    const end = this.timeAt(to, true);
    if (start !== null && end !== null && end - start >= 1000) this.view.zoom(Math.round(start), Math.round(end));
  }
}
