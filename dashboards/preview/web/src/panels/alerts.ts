import { reason } from "../api";
import { el, icon, icons, setText } from "../dom";
import { IncidentRow, IncidentRows } from "../incidentrow";
import { byUrgency, isActive, type Store } from "../incidents";
import type { Data } from "../types";
import type { Body, View } from "../view";
import { TableView } from "./table";

/** The open alerts of the chosen shops, with a button to acknowledge each; a plain table where the server keeps no incidents. */
export class AlertsPanel implements Body {
  readonly element: HTMLElement;
  private readonly quiet: HTMLElement;
  private readonly list: HTMLElement;
  private readonly problem = el("p", { class: "problem", hidden: true });
  private readonly table: TableView;
  private readonly rows: IncidentRows | undefined;
  private readonly deaf: (() => void) | undefined;

  constructor(
    title: string,
    private readonly view: View,
  ) {
    const words = el("span");
    this.quiet = el("p", { class: "quiet", hidden: true }, icon(icons.check), words);
    setText(words, view.t("noAlerts"));
    this.list = el("ul", { class: "incidents compact", "aria-label": title });
    this.table = new TableView(view);
    this.table.label(title);
    this.element = el("div", { class: "alerts-panel", tabindex: 0 }, this.problem, this.quiet, view.incidents ? this.list : this.table.element);
    const store = view.incidents;
    if (!store) return;
    const row = { lang: view.lang, t: view.t, store, href: view.incidentHref };
    this.rows = new IncidentRows(this.list, () => new IncidentRow(row, ["acknowledge"]));
    this.deaf = store.listen(() => this.draw(store));
  }

  update(data: Data): boolean {
    if (this.view.incidents) this.draw(this.view.incidents);
    else {
      const rows = data.table?.rows?.length ?? 0;
      this.table.update(data.table ?? { columns: [], rows: [] });
      this.table.element.hidden = rows === 0;
      this.quiet.hidden = rows > 0;
    }
    return true;
  }

  redraw(): void {
    if (this.view.incidents) this.draw(this.view.incidents);
  }

  dispose(): void {
    this.deaf?.();
  }

  private draw(store: Store): void {
    const shops = this.view.chosen("shop");
    const every = shops.length === 0 || shops.includes("$__all");
    const open = (store.list ?? []).filter((one) => isActive(one.state) && (every || shops.includes(one.shop))).sort(byUrgency);
    this.rows?.update(open);
    this.quiet.hidden = open.length > 0 || !store.list;
    this.problem.hidden = store.error === undefined;
    if (store.error !== undefined) setText(this.problem, this.view.t("failed", { reason: reason(store.error, this.view.t) }));
  }
}
