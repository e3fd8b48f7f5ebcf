import { actorName, rememberActor } from "./act";
import { api, reason } from "./api";
import { el, icon, icons, setAttr, setText } from "./dom";
import { IncidentDetail, type DetailView } from "./incidentdetail";
import { IncidentRow, IncidentRows } from "./incidentrow";
import { byUrgency } from "./incidents";
import { TableView } from "./panels/table";
import { reportTable } from "./report";
import type { Incident } from "./types";
import type { State } from "./url";
import type { View } from "./view";

const every = ["acknowledge", "handling", "resolve", "review"] as const;

/** The page of incidents: the list, the details of one, and how the rules have done. */
export class AlertsPage {
  readonly element: HTMLElement;
  private readonly list = el("ul", { class: "incidents" });
  private readonly quiet: HTMLElement;
  private readonly problem = el("p", { class: "banner", role: "status", hidden: true });
  private readonly side = el("div", { class: "alerts-side" });
  private readonly rows: IncidentRows;
  private readonly report: TableView;
  private readonly noReport: HTMLElement;
  private readonly deaf: () => void;
  private detail: IncidentDetail | undefined;
  private drawn = false;
  private turn = 0;

  constructor(
    private state: State,
    private readonly view: View,
    private readonly detailView: DetailView,
    private readonly ready: () => void,
  ) {
    const { t } = view;
    const { store } = detailView;
    const row = { lang: view.lang, t, store, href: view.incidentHref };
    this.rows = new IncidentRows(this.list, () => new IncidentRow(row, every));
    this.quiet = el("p", { class: "quiet", hidden: true }, icon(icons.check), el("span", {}, t("allQuiet")));
    this.report = new TableView(view);
    this.report.label(t("report"));
    this.noReport = el("p", { class: "soft", hidden: true }, t("noReport"));
    this.element = el("div", { class: "alerts-page" }, el("h1", {}, t("alerts")), this.controls(), this.problem,
      el("div", { class: "alerts-columns" }, el("section", { class: "card", "aria-label": t("alerts") }, this.quiet, this.list), this.side),
      el("section", { class: "card", "aria-label": t("report") }, el("h2", {}, t("report")), this.noReport, this.report.element));
    this.deaf = store.listen(() => this.draw());
    void store.reload();
    this.draw();
    this.update(state);
  }

  /** Shows the details of another incident, or of none. */
  update(state: State): void {
    this.state = state;
    if (this.detail?.id === state.incident) return;
    this.detail?.element.remove();
    this.detail = state.incident ? new IncidentDetail(state.incident, this.detailView) : undefined;
    if (this.detail) {
      const { detail } = this;
      this.side.append(detail.element);
      void detail.load().then(() => detail.element.focus({ preventScroll: innerWidth > 900 }));
    }
    setAttr(this.side, "hidden", !this.detail);
    this.markCurrent();
  }

  dispose(): void {
    this.deaf();
    void this.detailView.store.show("active");
    this.element.remove();
  }

  private controls(): HTMLElement {
    const { t } = this.view;
    const { store } = this.detailView;
    const actor = el("input", { type: "text", "data-actor": true, maxlength: 80, autocomplete: "name", value: actorName(), oninput: () => rememberActor(actor.value) });
    const scope = el("select", { "data-scope": true, onchange: () => void store.show(scope.value as "active" | "all") },
      el("option", { value: "active" }, t("show.active")), el("option", { value: "all" }, t("show.all")));
    return el("div", { class: "toolbar", role: "group", "aria-label": t("controls") },
      el("label", { class: "control" }, el("span", {}, t("show")), scope), el("label", { class: "control" }, el("span", {}, t("actor")), actor));
  }

  private draw(): void {
    const { t } = this.view;
    const { store } = this.detailView;
    const sorted: Incident[] = [...(store.list ?? [])].sort(byUrgency);
    this.rows.update(sorted);
    this.quiet.hidden = sorted.length > 0 || !store.list;
    this.problem.hidden = store.error === undefined;
    if (store.error !== undefined) setText(this.problem, t("failed", { reason: reason(store.error, t) }));
    this.markCurrent();
    void this.detail?.load();
    void this.loadReport();
  }

  private markCurrent(): void {
    for (const row of this.list.children) setAttr(row, "aria-current", (row as HTMLElement).dataset["incident"] === this.state.incident ? "true" : null);
  }

  private async loadReport(): Promise<void> {
    const turn = ++this.turn;
    try {
      const reports = (await api.rules()) ?? [];
      if (turn !== this.turn) return;
      this.report.update(reportTable(reports, this.view.t, this.view.lang));
      this.report.element.hidden = reports.length === 0;
      this.noReport.hidden = reports.length > 0;
      setText(this.noReport, this.view.t("noReport"));
    } catch (error) {
      if (turn !== this.turn) return;
      this.noReport.hidden = false;
      this.report.element.hidden = true;
      setText(this.noReport, this.view.t("failed", { reason: reason(error, this.view.t) }));
    }
    if (!this.drawn && (this.detailView.store.list || this.detailView.store.error)) {
      this.drawn = true;
      this.ready();
    }
  }
}
