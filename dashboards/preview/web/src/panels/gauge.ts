import { named, readable, type Theme } from "../color";
import { el, setAttr, setChildren, setText, svg } from "../dom";
import { DrillText } from "../drill";
import type { Data, Stat, Threshold } from "../types";
import type { Body, View } from "../view";
import { letters } from "./stat";

/** Values on a half circle whose rim shows where the thresholds lie. */
export class GaugePanel implements Body {
  readonly element = el("div", { class: "gauges" });
  private readonly dials: Dial[] = [];
  private data: Data | undefined;

  constructor(private readonly view: View) {}

  update(data: Data): boolean {
    this.data = data;
    const stats = data.stats ?? [];
    while (this.dials.length > stats.length) this.dials.pop();
    stats.forEach((stat, i) => (this.dials[i] ??= new Dial(this.view)).update(stat, data.thresholds ?? []));
    setChildren(this.element, this.dials.map((dial) => dial.element));
    return stats.some((stat) => stat.value !== null);
  }

  redraw(): void {
    if (this.data) this.update(this.data);
  }
}

class Dial {
  readonly element: HTMLElement;
  private readonly name = el("div", { class: "stat-name" });
  private readonly text: DrillText;
  private readonly rest = svg("path", { class: "dial-rest", d: arc(0, 1, 42) });
  private readonly filled = svg("path", { class: "dial-value" });
  private readonly rim = svg("g");

  constructor(private readonly view: View) {
    this.text = new DrillText(view, "stat-text");
    const dial = svg("svg", { class: "dial", viewBox: "0 0 100 56", "aria-hidden": "true" }, this.rest, this.filled, this.rim);
    this.element = el("div", { class: "gauge" }, dial, el("div", { class: "gauge-words" }, this.text.element, this.name));
  }

  update(stat: Stat, thresholds: Threshold[]): void {
    const theme = this.view.theme();
    const { value, color, rim } = dial(stat, thresholds, theme);
    setText(this.name, stat.name);
    this.text.update(stat.text, stat.link);
    this.text.element.style.color = color ? readable(color, theme) : "";
    this.element.style.setProperty("--letters", String(Math.max(4, letters(stat.text))));
    setAttr(this.filled, "d", value);
    this.filled.style.stroke = color;
    this.rim.replaceChildren(...rim.map((part) => {
      const path = svg("path", { class: "dial-rim", d: part.path });
      path.style.stroke = part.color;
      return path;
    }));
  }
}

/** What a dial shows: the arc of the value with its colour, and the arcs of the thresholds around it. Empty is nothing. */
export function dial(stat: Stat, thresholds: Threshold[], theme: Theme): { value: string; color: string; rim: { path: string; color: string }[] } {
  const low = stat.min ?? 0;
  const high = stat.max ?? Math.max(low + 1, stat.value ?? 0);
  const share = (value: number) => Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
  const rim = thresholds.map((mark, i) => ({
    path: arc(mark.value === null ? 0 : share(mark.value), share(thresholds[i + 1]?.value ?? high), 48.5),
    color: named(mark.color, theme) ?? "",
  }));
  return { value: stat.value === null ? "" : arc(0, share(stat.value), 42), color: named(stat.color, theme) ?? "", rim };
}

/** A part of the half circle around 50, 52, from one share of it to another. */
export function arc(from: number, to: number, radius: number): string {
  if (to <= from) return "";
  const place = (share: number) => {
    const angle = Math.PI * (1 - share);
    return `${(50 + radius * Math.cos(angle)).toFixed(2)} ${(52 - radius * Math.sin(angle)).toFixed(2)}`;
  };
  return `M${place(from)}A${radius} ${radius} 0 0 1 ${place(to)}`;
}
