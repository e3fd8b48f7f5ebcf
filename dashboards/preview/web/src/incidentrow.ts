import { act, verbs } from "./act";
import { el, icon, icons, setAttr, setChildren, setText } from "./dom";
import { age, figure, time } from "./format";
import { localised, lookup, type Words } from "./i18n";
import { isActive, type Store } from "./incidents";
import type { Incident, Lang, Tier, Verb } from "./types";

/** What a row needs of the page around it. */
export interface RowView {
  lang: Lang;
  t: Words;
  store: Store;
  /** Where the incident's name leads to. */
  href(incident: Incident): string;
}

/** The mark of a tier: colour, sign and word, so that none of them stands alone. */
export function tierMark(): { element: HTMLElement; update(tier: Tier, lang: Lang): void } {
  const word = el("span");
  const element = el("span", { class: "tier" }, icon(icons.warning), word);
  return {
    element,
    update(tier, lang) {
      setAttr(element, "data-tier", tier);
      setAttr(element, "title", lookup(lang, "tier", `${tier}.long`));
      setText(word, lookup(lang, "tier", tier));
    },
  };
}

/** One incident on one line, with what can be done about it. Its elements are kept and changed. */
export class IncidentRow {
  readonly element: HTMLElement;
  private readonly tier = tierMark();
  private readonly title = el("a", { class: "incident-title" });
  private readonly series = el("span", { class: "incident-series" });
  private readonly figures = el("span", { class: "incident-figures" });
  private readonly since = el("span", { class: "incident-age" });
  private readonly state = el("span", { class: "incident-state" });
  private readonly buttons = el("span", { class: "incident-actions" });
  private readonly problem = el("span", { class: "problem", role: "alert" });
  private readonly made = new Map<Verb, HTMLButtonElement>();
  private incident!: Incident;
  private busy = false;

  constructor(
    private readonly view: RowView,
    private readonly allowed: readonly Verb[],
  ) {
    const words = el("span", { class: "incident-words" }, this.title, this.series);
    this.element = el("li", { class: "incident" }, this.tier.element, words, this.figures, this.since, this.state, this.buttons, this.problem);
  }

  update(incident: Incident): void {
    const { lang, t } = this.view;
    this.incident = incident;
    setAttr(this.element, "data-incident", incident.id);
    setAttr(this.element, "data-state", incident.state);
    this.tier.update(isActive(incident.state) ? incident.tier : incident.worst_tier, lang);
    setText(this.title, localised(incident.title, lang));
    setAttr(this.title, "href", this.view.href(incident));
    setText(this.series, incident.series);
    setText(this.figures, `${t("actual")} ${figure(incident.actual, incident.unit, lang)} · ${t("expected")} ${figure(incident.expected, incident.unit, lang)}${incident.provisional && isActive(incident.state) ? ` · ${t("provisional")}` : ""}`);
    this.drawAge();
    this.drawState();
    this.drawButtons();
  }

  private drawAge(): void {
    const { lang } = this.view;
    const opened = Date.parse(this.incident.opened_at);
    const end = isActive(this.incident.state) ? Date.now() : Date.parse(this.incident.resolved_at ?? this.incident.opened_at);
    setText(this.since, age(end - opened, lang));
    setAttr(this.since, "title", `${this.view.t("since")} ${time(opened, lang, undefined, "moment")}`);
  }

  private drawState(): void {
    const { lang, t } = this.view;
    const by = this.incident.acknowledged_by;
    setText(this.state, this.busy ? t("sending") : lookup(lang, "state", this.incident.state) + (by && isActive(this.incident.state) ? ` · ${by}` : ""));
  }

  private drawButtons(): void {
    const shown = verbs(this.incident).filter((verb) => this.allowed.includes(verb));
    const buttons = shown.map((verb, i) => {
      let button = this.made.get(verb);
      if (!button) this.made.set(verb, (button = el("button", { type: "button", "data-action": verb, onclick: () => void this.act(verb) }, this.view.t(verb))));
      button.disabled = this.busy;
      setAttr(button, "aria-label", `${this.view.t(verb)}: ${localised(this.incident.title, this.view.lang)}, ${this.incident.series}`);
      button.classList.toggle("primary", i === 0);
      return button;
    });
    setChildren(this.buttons, buttons);
  }

  private async act(verb: Verb): Promise<void> {
    setText(this.problem, "");
    const problem = await act(this.view.store, this.incident, verb, this.view, () => {
      this.busy = true;
      this.update(this.incident);
    });
    this.busy = false;
    setText(this.problem, problem);
    this.update(this.view.store.list?.find((one) => one.id === this.incident.id) ?? this.incident);
    if (document.activeElement === document.body) this.title.focus(); // the button that had the focus was switched off
  }
}

/** Rows by incident: kept while the incident is listed, so that a refresh changes only what is new. */
export class IncidentRows {
  private readonly rows = new Map<string, IncidentRow>();

  constructor(
    private readonly list: HTMLElement,
    private readonly make: () => IncidentRow,
  ) {}

  update(incidents: Incident[]): void {
    const ids = new Set(incidents.map((one) => one.id));
    for (const id of this.rows.keys()) if (!ids.has(id)) this.rows.delete(id);
    const elements = incidents.map((incident) => {
      let row = this.rows.get(incident.id);
      if (!row) this.rows.set(incident.id, (row = this.make()));
      row.update(incident);
      return row.element;
    });
    setChildren(this.list, elements);
  }
}
