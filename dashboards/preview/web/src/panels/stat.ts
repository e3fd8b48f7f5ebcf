import { named, readable } from "../color";
import { el, setAttr, setChildren, setText, svg } from "../dom";
import { DrillText } from "../drill";
import { timed } from "../seriesmodel";
import type { Data, Point, Stat } from "../types";
import type { Body, View } from "../view";

/** Big numbers, each with a sparkline behind it and the colour of its threshold. */
export class StatPanel implements Body {
  readonly element = el("div", { class: "stats" });
  private readonly tiles: Tile[] = [];
  private data: Data | undefined;

  constructor(private readonly view: View) {}

  update(data: Data): boolean {
    this.data = data;
    const stats = data.stats ?? [];
    while (this.tiles.length > stats.length) this.tiles.pop();
    stats.forEach((stat, i) => (this.tiles[i] ??= new Tile(this.view)).update(stat));
    setChildren(this.element, this.tiles.map((tile) => tile.element));
    return stats.length > 0;
  }

  redraw(): void {
    if (this.data) this.update(this.data);
  }
}

class Tile {
  readonly element: HTMLElement;
  private readonly name = el("div", { class: "stat-name" });
  private readonly text: DrillText;
  private readonly tier = el("span", { class: "hidden" });
  private readonly area = svg("path", { class: "spark-area" });
  private readonly line = svg("path", { class: "spark-line" });
  private readonly spark: SVGElement;

  constructor(private readonly view: View) {
    this.text = new DrillText(view, "stat-text");
    this.spark = svg("svg", { class: "spark", viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" }, this.area, this.line);
    this.element = el("div", { class: "stat" }, this.spark, el("div", { class: "stat-words" }, this.name, this.text.element, this.tier));
  }

  update(stat: Stat): void {
    const theme = this.view.theme();
    const color = named(stat.color, theme);
    setText(this.name, stat.name);
    this.name.hidden = !stat.name;
    this.text.update(stat.text, stat.link);
    this.text.element.style.color = color ? readable(color, theme) : "";
    this.element.style.setProperty("--letters", String(Math.max(4, letters(stat.text))));
    this.element.style.setProperty("--mark", color ?? "");
    this.element.classList.toggle("marked", ["yellow", "orange", "red"].includes(stat.color));
    setText(this.tier, stat.color === "yellow" || stat.color === "orange" ? this.view.t(`tier.${stat.color}.long`) : "");
    const { line, area } = sparkPaths(stat.spark ?? []);
    setAttr(this.line, "d", line);
    setAttr(this.area, "d", area);
    setAttr(this.spark, "hidden", !line);
  }
}

/** The width of a text in Latin letters: Chinese ones take two. */
export function letters(text: string): number {
  return [...text].reduce((sum, char) => sum + (char.codePointAt(0)! > 0x2e7f ? 1.8 : /[.,: ]/.test(char) ? 0.5 : 1), 0);
}

/** A line and the area under it on a square of 100; zero, or the lowest value below it, is at the bottom. */
export function sparkPaths(spark: Point[]): { line: string; area: string } {
  const points = timed(spark).filter((point): point is [number, number] => point[1] !== null);
  if (points.length < 2) return { line: "", area: "" };
  const from = points[0]![0];
  const to = points.at(-1)![0];
  const low = Math.min(0, ...points.map(([, value]) => value));
  const high = Math.max(...points.map(([, value]) => value));
  const place = ([at, value]: [number, number]) => {
    const x = ((at - from) / (to - from || 1)) * 100;
    const y = 100 - ((value - low) / (high - low || 1)) * 96;
    return `${x.toFixed(2)} ${y.toFixed(2)}`;
  };
  const line = `M${points.map(place).join("L")}`;
  return { line, area: `${line}L100 100L0 100Z` };
}
