import { el, icon, icons } from "./dom";
import { duration } from "./format";
import type { Words } from "./i18n";
import { refreshMillis, refreshes } from "./range";
import { RangeControl } from "./rangecontrol";
import type { Board, Lang, Variable } from "./types";
import { effectiveVars, type State } from "./url";
import { Variables } from "./variables";
import { zoneOf } from "./zone";

/** What the toolbar asks of the page. */
export interface ToolbarEvents {
  change(changes: Partial<State>): void;
  reload(): void;
}

/** The choices of one board: variables, time range, refresh. */
export class Toolbar {
  readonly element: HTMLElement;
  private readonly variables: Variables;
  private readonly range: RangeControl;
  private readonly refresh: HTMLSelectElement;
  private options: Variable[] = [];

  constructor(
    private readonly board: Board,
    private state: State,
    t: Words,
    lang: Lang,
    events: ToolbarEvents,
  ) {
    this.variables = new Variables(board.variables ?? [], t, (name, values) => events.change({ vars: { ...this.state.vars, [name]: values } }));
    this.range = new RangeControl(t, lang, zoneOf(board.timezone), (from, to) => events.change({ from, to }));
    this.refresh = el("select", { "data-refresh": true, onchange: () => events.change({ refresh: this.refresh.value }) },
      ...paces(board, state.refresh).map((pace) => el("option", { value: pace || "off" }, pace ? duration(refreshMillis(pace), lang) : t("refresh.off"))));
    const now = el("button", { type: "button", class: "bare", title: t("refreshNow"), "aria-label": t("refreshNow"), onclick: events.reload }, icon(icons.reload));
    const pace = el("div", { class: "control" }, el("label", {}, el("span", {}, t("refresh")), this.refresh), now);
    this.element = el("div", { class: "toolbar", role: "group", "aria-label": t("controls") }, this.variables.element, el("div", { class: "clockwork" }, this.range.element, pace));
    this.update(state, board.variables ?? []);
  }

  /** Shows what is chosen; variables carry their options once these have come. */
  update(state: State, variables?: Variable[]): void {
    this.state = state;
    if (variables) this.options = variables;
    this.variables.update(this.options, effectiveVars(this.board, state));
    this.range.update(state.from || this.board.from, state.to || this.board.to);
    this.refresh.value = state.refresh || this.board.refresh || "off";
  }
}

/** The paces offered: the board's own, the usual ones where it has none, and in any case its default and what is chosen. */
export function paces(board: Pick<Board, "intervals" | "refresh">, chosen: string): string[] {
  const found = new Set([...(board.intervals?.length ? board.intervals : refreshes), board.refresh, chosen]);
  return ["", ...[...found].filter((pace) => refreshMillis(pace) > 0).sort((a, b) => refreshMillis(a) - refreshMillis(b))];
}
