import { isMoment } from "./range";
import type { Board, BoardLink, Lang, Link } from "./types";

/** What the page shows; all of it is in the address, so that it can be passed on. Empty text means the board's default. */
export interface State {
  page: "board" | "alerts";
  /** id or uid of a board; empty: the first. */
  board: string;
  lang: Lang;
  from: string;
  to: string;
  /** For example 10s; "off" for never; empty for the board's default. */
  refresh: string;
  vars: Record<string, string[]>;
  theme: "" | "dark" | "light";
  kiosk: boolean;
  /** id of an incident on the alerts page. */
  incident: string;
  /** id of a panel to look at. */
  panel: string;
}

/** Reads an address's query. What makes no sense there counts as absent. */
export function parse(search: string, lang: Lang): State {
  const query = new URLSearchParams(search);
  const pick = <T extends string>(name: string, allowed: readonly T[], other: T): T => {
    const value = query.get(name);
    return allowed.find((one) => one === value) ?? other;
  };
  const moment = (name: string) => (isMoment(query.get(name) ?? "") ? query.get(name)! : "");
  const vars: Record<string, string[]> = {};
  for (const [name, value] of query) {
    if (name.startsWith("var-")) (vars[name.slice(4)] ??= []).push(value);
  }
  const from = moment("from");
  return {
    page: pick("page", ["board", "alerts"], "board"),
    board: query.get("board") ?? "",
    lang: pick("lang", ["en", "zh"], lang),
    from,
    to: moment("to") || (from ? "now" : ""),
    refresh: /^(\d{1,4}[smh]|off)$/.test(query.get("refresh") ?? "") ? query.get("refresh")! : "",
    vars,
    theme: pick("theme", ["", "dark", "light"], ""),
    kiosk: query.has("kiosk") && query.get("kiosk") !== "0",
    incident: query.get("incident") ?? "",
    panel: /^\d+$/.test(query.get("panel") ?? "") ? query.get("panel")! : "",
  };
}

/** Writes a state as an address that parse reads again. */
export function format(state: State): string {
  const query = new URLSearchParams();
  if (state.page === "alerts") query.set("page", "alerts");
  if (state.board) query.set("board", state.board);
  query.set("lang", state.lang);
  for (const name of ["from", "to", "refresh", "theme", "incident", "panel"] as const) {
    if (state[name]) query.set(name, state[name]);
  }
  for (const name of Object.keys(state.vars).sort()) {
    for (const value of state.vars[name]!) query.append(`var-${name}`, value);
  }
  const text = `/?${query}`;
  return state.kiosk ? `${text}&kiosk` : text;
}

/** The board that a name in the address means: id or uid, the first one where it is empty. */
export function findBoard(boards: BoardLink[], name: string): BoardLink | undefined {
  return name ? boards.find((board) => board.id === name || board.uid === name) : boards[0];
}

/** The address a link leads to, or nothing where it is not one that may be followed. */
export function linkHref(link: Link, state: State, boards: BoardLink[]): string | undefined {
  if (link.board) {
    const board = findBoard(boards, link.board)?.id ?? link.board;
    const vars = { ...(link.keep ? state.vars : {}) };
    for (const [name, value] of Object.entries(link.set ?? {})) vars[name] = [value];
    const range = link.keep ? {} : { from: "", to: "" };
    return format({ ...state, ...range, page: "board", board, vars, incident: "", panel: "" });
  }
  return link.url && isSafe(link.url) ? link.url : undefined;
}

/** Whether an address that came as data may become a link: of the web, of mail, or of this server. */
export function isSafe(address: string): boolean {
  return /^(https?:\/\/|mailto:|\/(?![/\\])|\?|#)/i.test(address) && !/[\u0000-\u001f]/.test(address); // browsers skip tabs and read \\ as /
}

/** The query of a request for a board's data: range, the viewer's time zone, width and every variable's values. */
export function dataQuery(from: string, to: string, zone: string, vars: Record<string, string[]>, width = 0): string {
  const query = new URLSearchParams({ from, to, tz: zone });
  if (width) query.set("width", String(width));
  for (const name of Object.keys(vars).sort()) {
    for (const value of vars[name]!) query.append(`var-${name}`, value);
  }
  return query.toString();
}

/** Every variable's values: those of the address, or the board's own. */
export function effectiveVars(board: Board, state: State): Record<string, string[]> {
  const vars: Record<string, string[]> = {};
  for (const variable of board.variables ?? []) {
    const chosen = state.vars[variable.name] ?? variable.current ?? [];
    if (chosen.length) vars[variable.name] = variable.multi ? chosen : chosen.slice(0, 1);
  }
  return vars;
}
