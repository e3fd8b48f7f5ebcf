import { named, seriesColors } from "../color";
import { el, setAttr, setChildren, setText } from "../dom";
import { DrillText } from "../drill";
import { percent } from "../format";
import type { Bar, Data } from "../types";
import type { Body, View } from "../view";

interface Line {
  element: HTMLElement;
  label: DrillText;
  value: HTMLElement;
  bar: HTMLElement;
  note: HTMLElement;
  spoken: HTMLElement;
}

/** Horizontal bars with their names and values; as a funnel, each step says how many of the one before came so far. */
export class BarsPanel implements Body {
  readonly element: HTMLElement;
  private readonly lines: Line[] = [];
  private data: Data | undefined;

  constructor(
    private readonly view: View,
    private readonly funnel: boolean,
    title: string,
  ) {
    this.element = el("ul", { class: funnel ? "bars funnel" : "bars", tabindex: 0, "aria-label": title });
  }

  update(data: Data): boolean {
    this.data = data;
    const bars = data.bars ?? [];
    while (this.lines.length > bars.length) this.lines.pop();
    bars.forEach((bar, i) => this.draw((this.lines[i] ??= this.make()), bar, i, bars));
    setChildren(this.element, this.lines.map((line) => line.element));
    return bars.length > 0;
  }

  redraw(): void {
    if (this.data) this.update(this.data);
  }

  private make(): Line {
    const label = new DrillText(this.view, "bar-label");
    const value = el("span", { class: "bar-value" });
    const note = el("span", { class: "bar-note", "aria-hidden": "true" });
    const spoken = el("span", { class: "hidden" });
    const bar = el("span", { class: "bar-fill" });
    return { element: el("li", {}, label.element, el("span", { class: "bar-track", "aria-hidden": "true" }, bar), value, note, spoken), label, value, bar, note, spoken };
  }

  private draw(line: Line, bar: Bar, i: number, bars: Bar[]): void {
    const theme = this.view.theme();
    line.label.update(bar.label, bar.link);
    setText(line.value, bar.text);
    line.bar.style.width = `${Math.max(0, Math.min(1, bar.share)) * 100}%`;
    line.bar.style.backgroundColor = named(bar.color, theme) ?? seriesColors([this.funnel ? "step" : bar.label], theme).values().next().value!;
    const rates = this.funnel ? stepRates(bars, i) : null;
    line.note.hidden = !this.funnel;
    if (!this.funnel) return;
    setText(line.note, rates ? percent(rates.previous, this.view.lang) : "");
    const worst = i > 0 && weakest(bars) === i;
    const said = rates && [this.view.t("ofPrevious", { share: percent(rates.previous, this.view.lang) }), this.view.t("ofFirst", { share: percent(rates.first, this.view.lang) })];
    const words = said ? [...said, ...(worst ? [this.view.t("weakestStep")] : [])].join(" · ") : "";
    setAttr(line.note, "title", words || null);
    setText(line.spoken, words);
    line.note.classList.toggle("weakest", worst);
  }
}

/** The share of the step before, and of the first, that reached a step; nothing for the first. */
export function stepRates(bars: Bar[], i: number): { previous: number | null; first: number | null } | null {
  if (i === 0) return null;
  const of = (whole: number) => (whole > 0 ? bars[i]!.value / whole : null);
  return { previous: of(bars[i - 1]!.value), first: of(bars[0]!.value) };
}

/** The step that loses the largest share of those who reached the one before; -1 where there are none. */
export function weakest(bars: Bar[]): number {
  let at = -1;
  let least = Infinity;
  for (let i = 1; i < bars.length; i++) {
    const rate = stepRates(bars, i)!.previous;
    if (rate !== null && rate < least) [at, least] = [i, rate];
  }
  return at;
}
