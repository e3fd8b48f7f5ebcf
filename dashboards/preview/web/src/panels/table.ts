import { inkOn, mix, named, paper, type Theme } from "../color";
import { el, setAttr, setChildren, setText } from "../dom";
import { DrillText } from "../drill";
import { htmlLang } from "../i18n";
import type { Cell, Column, Data, Table } from "../types";
import type { Body, View } from "../view";

/** No more rows than this are drawn: nobody reads on, and the page stays quick. */
const mostRows = 500;

interface DrawnCell {
  box: HTMLTableCellElement;
  text: DrillText;
  bar: HTMLElement;
}

/** A table whose columns can be sorted; its elements are kept from refresh to refresh. */
export class TableView {
  readonly element: HTMLElement;
  private readonly head = el("tr");
  private readonly body = el("tbody");
  private readonly more = el("p", { class: "more", hidden: true });
  private rows: { line: HTMLTableRowElement; cells: DrawnCell[] }[] = [];
  private heads: { box: HTMLTableCellElement; button: HTMLButtonElement }[] = [];
  private sorted: { column: number; up: boolean } | undefined;
  private table: Table = { columns: [], rows: [] };

  constructor(private readonly view: View) {
    const table = el("table", {}, el("thead", {}, this.head), this.body);
    this.element = el("div", { class: "table-scroll", tabindex: 0, role: "region" }, table, this.more);
  }

  /** Names the table for screen readers. */
  label(text: string): void {
    setAttr(this.element, "aria-label", text);
  }

  update(table: Table): void {
    this.table = table;
    const columns = table.columns ?? [];
    const rows = sortRows(table.rows ?? [], this.sorted, htmlLang(this.view.lang));
    this.drawHead(columns);
    while (this.rows.length > Math.min(rows.length, mostRows)) this.rows.pop();
    rows.slice(0, mostRows).forEach((row, i) => this.drawRow((this.rows[i] ??= { line: el("tr"), cells: [] }), row, columns));
    setChildren(this.body, this.rows.map((row) => row.line));
    this.more.hidden = rows.length <= mostRows;
    setText(this.more, this.view.t("truncated", { n: rows.length - mostRows }));
  }

  private drawHead(columns: Column[]): void {
    while (this.heads.length > columns.length) this.heads.pop();
    columns.forEach((column, i) => {
      const head = (this.heads[i] ??= this.makeHead(i));
      setText(head.button, column.title);
      setAttr(head.button, "title", this.view.t("sortBy", { column: column.title }));
      setAttr(head.box, "class", column.align === "right" ? "number" : null);
      const direction = this.sorted?.column !== i ? null : this.sorted.up ? "ascending" : "descending";
      setAttr(head.box, "aria-sort", direction);
    });
    setChildren(this.head, this.heads.map((head) => head.box));
  }

  private makeHead(i: number) {
    const button = el("button", { type: "button", class: "sort", onclick: () => this.sort(i) });
    return { box: el("th", { scope: "col" }, button), button };
  }

  private sort(column: number): void {
    const numeric = this.table.columns?.[column]?.align === "right";
    const same = this.sorted?.column === column;
    this.sorted = { column, up: same ? !this.sorted!.up : !numeric };
    this.update(this.table);
  }

  private drawRow(row: { line: HTMLTableRowElement; cells: DrawnCell[] }, cells: Cell[], columns: Column[]): void {
    while (row.cells.length > cells.length) row.cells.pop();
    cells.forEach((cell, i) => this.drawCell((row.cells[i] ??= this.makeCell()), cell, columns[i]?.align === "right"));
    setChildren(row.line, row.cells.map((cell) => cell.box));
  }

  private makeCell(): DrawnCell {
    const text = new DrillText(this.view, "cell-text");
    const bar = el("span", { class: "cell-bar", hidden: true });
    return { box: el("td", {}, bar, text.element), text, bar };
  }

  private drawCell(drawn: DrawnCell, cell: Cell, right: boolean): void {
    const theme = this.view.theme();
    const color = named(cell.color, theme);
    const share = cell.share ?? 0;
    const filled = color && !share && cell.color !== "text" ? ground(cell.color!, color, theme) : "";
    setAttr(drawn.box, "class", [right && "number", filled && "filled"].filter(Boolean).join(" ") || null);
    drawn.box.style.backgroundColor = filled;
    drawn.box.style.color = filled ? inkOn(filled) : "";
    drawn.bar.hidden = !share;
    drawn.bar.style.width = `${Math.round(share * 1000) / 10}%`;
    drawn.bar.style.backgroundColor = share && color ? color : "";
    drawn.text.update(cell.text, cell.link);
  }
}

/** The background for a cell: what warns is loud, everything else a tint. */
function ground(name: string, color: string, theme: Theme): string {
  return /(yellow|orange|red)$/.test(name) ? color : mix(color, paper[theme], 0.75);
}

/** Rows in the order that a person chose: numbers by size, text by the language's alphabet, what is missing last. */
export function sortRows(rows: Cell[][], sorted: { column: number; up: boolean } | undefined, locale?: string): Cell[][] {
  if (!sorted) return rows;
  const sign = sorted.up ? 1 : -1;
  return [...rows].sort((left, right) => {
    const a = left[sorted.column];
    const b = right[sorted.column];
    if (a?.value !== undefined || b?.value !== undefined) {
      if (a?.value === undefined) return 1;
      return b?.value === undefined ? -1 : sign * (a.value - b.value);
    }
    return sign * (a?.text ?? "").localeCompare(b?.text ?? "", locale);
  });
}

/** A panel that is a table. */
export class TablePanel implements Body {
  readonly element: HTMLElement;
  private readonly table: TableView;
  private data: Data | undefined;

  constructor(title: string, view: View) {
    this.table = new TableView(view);
    this.table.label(title);
    this.element = this.table.element;
  }

  update(data: Data): boolean {
    this.data = data;
    this.table.update(data.table ?? { columns: [], rows: [] });
    return (data.table?.rows?.length ?? 0) > 0;
  }

  redraw(): void {
    if (this.data) this.update(this.data);
  }
}
