import { el, setAttr, setChildren, setText } from "./dom";
import type { Words } from "./i18n";
import type { Option, Variable } from "./types";

/** The value that means every value of a variable. */
export const all = "$__all";

/** A choice above the board. */
interface Control {
  element: HTMLElement;
  /** Shows options and what of them is chosen. */
  update(variable: Variable, chosen: string[]): void;
}

/** The controls of a board's variables. */
export class Variables {
  readonly element = el("div", { class: "variables" });
  private readonly controls = new Map<string, Control>();

  constructor(
    variables: Variable[],
    t: Words,
    private readonly change: (name: string, values: string[]) => void,
  ) {
    for (const variable of variables) {
      const changed = (values: string[]) => this.change(variable.name, values);
      const control = variable.multi ? new Multi(variable, t, changed) : new Single(variable, t, changed);
      this.controls.set(variable.name, control);
      this.element.append(control.element);
    }
  }

  update(variables: Variable[], chosen: Record<string, string[]>): void {
    for (const variable of variables) this.controls.get(variable.name)?.update(variable, chosen[variable.name] ?? []);
  }
}

/** Every option, All first where it may be chosen; what is chosen but no option any more stays, so that nobody wonders. */
export function choices(variable: Variable, chosen: string[], allText: string): Option[] {
  const options = variable.options ?? [];
  const lost = chosen.filter((value) => value !== all && !options.some((option) => option.value === value));
  const given = options.filter((option) => option.value !== all);
  return [...(variable.include_all ? [{ value: all, text: allText }] : []), ...given, ...lost.map((value) => ({ value, text: value }))];
}

/** What is chosen after a box was clicked: All excludes the others, and none is All. */
export function toggled(chosen: string[], value: string, includeAll: boolean): string[] {
  if (value === all) return [all];
  const others = chosen.filter((one) => one !== all);
  const next = others.includes(value) ? others.filter((one) => one !== value) : [...others, value];
  if (next.length) return next;
  return includeAll ? [all] : chosen;
}

class Single implements Control {
  readonly element: HTMLElement;
  private readonly select: HTMLSelectElement;
  private shown = "";

  constructor(
    variable: Variable,
    private readonly t: Words,
    change: (values: string[]) => void,
  ) {
    this.select = el("select", { "data-var": variable.name, onchange: () => change([this.select.value]) });
    this.element = el("label", { class: "control" }, el("span", {}, variable.label || variable.name), this.select);
  }

  update(variable: Variable, chosen: string[]): void {
    const options = choices(variable, chosen, this.t("all"));
    const text = JSON.stringify(options);
    if (text !== this.shown) this.select.replaceChildren(...options.map((option) => el("option", { value: option.value }, option.text)));
    this.shown = text;
    this.select.value = chosen[0] ?? options[0]?.value ?? "";
  }
}

class Multi implements Control {
  readonly element: HTMLDetailsElement;
  private readonly summary = el("summary", { class: "button" });
  private readonly list = el("ul", { class: "options" });
  private readonly search: HTMLInputElement;
  private readonly none: HTMLElement;
  private readonly boxes = new Map<string, { line: HTMLElement; box: HTMLInputElement; text: HTMLElement }>();
  private chosen: string[] = [];

  constructor(
    private readonly variable: Variable,
    private readonly t: Words,
    private readonly change: (values: string[]) => void,
  ) {
    this.search = el("input", { type: "search", placeholder: t("search"), "aria-label": t("search"), oninput: () => this.filter() });
    this.none = el("p", { class: "soft", hidden: true }, t("noMatch"));
    this.element = el("details", { class: "multi control", "data-var": variable.name, "data-menu": true }, this.summary, el("div", { class: "pop" }, this.search, this.list, this.none));
  }

  update(variable: Variable, chosen: string[]): void {
    const { t } = this;
    this.chosen = chosen.length ? chosen : variable.include_all ? [all] : [];
    const options = choices(variable, this.chosen, t("all"));
    const rows = options.map((option) => {
      const row = this.box(option);
      row.box.checked = this.chosen.includes(option.value);
      setText(row.text, option.text);
      return row.line;
    });
    for (const value of this.boxes.keys()) if (!options.some((option) => option.value === value)) this.boxes.delete(value);
    setChildren(this.list, rows);
    this.filter();
    const names = options.filter((option) => this.chosen.includes(option.value)).map((option) => option.text);
    const label = this.variable.label || this.variable.name;
    this.summary.replaceChildren(el("span", { class: "soft" }, label), names.length === 1 ? names[0]! : t("chosen", { n: names.length }));
    setAttr(this.summary, "title", `${label}: ${names.join(", ")}`);
  }

  private box(option: Option) {
    let row = this.boxes.get(option.value);
    if (!row) {
      const box = el("input", { type: "checkbox", value: option.value, onchange: () => this.toggle(option.value) });
      const text = el("span");
      row = { line: el("li", {}, el("label", {}, box, text)), box, text };
      this.boxes.set(option.value, row);
    }
    return row;
  }

  private toggle(value: string): void {
    this.change(toggled(this.chosen, value, this.variable.include_all));
  }

  private filter(): void {
    const wanted = this.search.value.trim().toLowerCase();
    let found = 0;
    for (const { line, text } of this.boxes.values()) {
      line.hidden = !(text.textContent ?? "").toLowerCase().includes(wanted);
      if (!line.hidden) found++;
    }
    this.none.hidden = found > 0;
  }
}
