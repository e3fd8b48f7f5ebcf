import { el, setChildren, setText } from "./dom";

/** One line of a tooltip. */
export interface TipRow {
  color: string;
  dashed: boolean;
  name: string;
  value: string;
}

/** The box that tells the values at the moment pointed at; its elements are kept and changed. */
export class Tooltip {
  readonly element = el("div", { class: "tip", hidden: true });
  private readonly title = el("div", { class: "tip-time" });
  private readonly notes = el("div", { class: "tip-notes" });
  private readonly body = el("div", { class: "tip-rows" });
  private rows: { line: HTMLElement; swatch: HTMLElement; name: HTMLElement; value: HTMLElement }[] = [];

  constructor() {
    this.element.append(this.title, this.body, this.notes);
  }

  show(title: string, rows: TipRow[], notes: string[], x: number, width: number): void {
    setText(this.title, title);
    while (this.rows.length < rows.length) this.rows.push(row());
    rows.forEach((data, i) => {
      const { swatch, name, value } = this.rows[i]!;
      swatch.style.color = data.color;
      swatch.classList.toggle("dashed", data.dashed);
      setText(name, data.name);
      setText(value, data.value);
    });
    setChildren(this.body, this.rows.slice(0, rows.length).map((one) => one.line));
    setText(this.notes, notes.join("\n"));
    this.element.hidden = false;
    const own = this.element.offsetWidth;
    const gap = 14;
    const left = x + gap + own <= width ? x + gap : Math.max(0, x - gap - own);
    this.element.style.transform = `translateX(${Math.round(left)}px)`;
  }

  hide(): void {
    this.element.hidden = true;
  }
}

function row() {
  const swatch = el("span", { class: "swatch" });
  const name = el("span", { class: "tip-name" });
  const value = el("span", { class: "tip-value" });
  return { line: el("div", { class: "tip-row" }, swatch, name, value), swatch, name, value };
}
