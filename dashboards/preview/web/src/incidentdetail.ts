import { actorName, rememberActor, send } from "./act";
import { api, reason } from "./api";
import { field } from "./dialog";
import { el, setAttr, setText } from "./dom";
import { count, duration, figure, time } from "./format";
import { localised, lookup, type Words } from "./i18n";
import { tierMark } from "./incidentrow";
import { isActive, type Store } from "./incidents";
import { refreshMillis } from "./range";
import type { Incident, IncidentEvent, Lang } from "./types";
import { isSafe } from "./url";

/** What the details need of the page around them. */
export interface DetailView {
  lang: Lang;
  t: Words;
  store: Store;
  /** The board on which the incident can be seen. */
  boardHref(incident: Incident): string;
}

/** Everything about one incident: what was found, what has happened, where to look next, and a note to add. */
export class IncidentDetail {
  readonly element = el("article", { class: "detail", tabindex: -1 });
  private readonly tier = tierMark();
  private readonly facts = el("dl", { class: "facts" });
  private readonly events = el("ol", { class: "events" });
  private readonly links = el("p", { class: "links" });
  private readonly title = el("h2");
  private readonly problem = el("p", { class: "problem", role: "alert" });
  private shown = "";
  private turn = 0;

  constructor(
    readonly id: string,
    private readonly view: DetailView,
  ) {
    const { t } = view;
    this.element.append(el("header", {}, this.tier.element, this.title), this.facts, this.links, el("h3", {}, t("timeline")), this.events, this.noteForm(), this.problem);
  }

  /** Fetches the incident with its events. */
  async load(): Promise<void> {
    const turn = ++this.turn;
    try {
      const incident = await api.incident(this.id);
      if (turn === this.turn) this.draw(incident);
    } catch (error) {
      if (turn === this.turn) setText(this.problem, this.view.t("failed", { reason: reason(error, this.view.t) }));
    }
  }

  private draw(incident: Incident): void {
    const text = JSON.stringify(incident);
    if (text === this.shown) return;
    this.shown = text;
    const { t, lang } = this.view;
    setAttr(this.element, "aria-label", localised(incident.title, lang));
    setText(this.title, localised(incident.title, lang));
    this.tier.update(isActive(incident.state) ? incident.tier : incident.worst_tier, lang);
    this.facts.replaceChildren(...facts(incident, t, lang).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
    this.links.replaceChildren(el("a", { href: this.view.boardHref(incident) }, t("openBoard")), runbook(incident.runbook, t));
    this.events.replaceChildren(...[...(incident.events ?? [])].reverse().map((event) => this.event(event, incident)));
    setText(this.problem, "");
  }

  private event(event: IncidentEvent, incident: Incident): HTMLElement {
    const { t, lang } = this.view;
    const at = Number(event.at);
    const what = lookup(lang, "event", event.kind) + (event.verdict ? `: ${lookup(lang, "verdict", event.verdict)}` : "");
    const figures = ["opened", "escalated", "eased", "resolved"].includes(event.kind)
      ? el("span", { class: "soft" }, `${t("actual")} ${figure(event.actual, incident.unit, lang)} · ${t("expected")} ${figure(event.expected, incident.unit, lang)}`)
      : null;
    return el("li", { "data-kind": event.kind }, el("time", { datetime: new Date(at).toISOString() }, time(at, lang, undefined, "moment")),
      el("span", {}, el("strong", {}, what), ` ${who(event.actor, t)}`), figures, event.note ? el("q", {}, noteText(event, lang)) : null);
  }

  private noteForm(): HTMLElement {
    const { t, store } = this.view;
    const note = el("textarea", { rows: 2, maxlength: 1000, required: true });
    const name = el("input", { type: "text", required: true, maxlength: 80, autocomplete: "name", value: actorName() });
    const button = el("button", { type: "submit", "data-action": "note" }, t("note"));
    const form = el("form", { class: "note" }, field(t("actor"), name), field(t("note"), note), button);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      rememberActor(name.value);
      button.disabled = true;
      void send(store, this.id, "note", { actor: name.value.trim(), note: note.value.trim() }, this.view).then(async (problem) => {
        button.disabled = false;
        if (!problem) note.value = "";
        await this.load();
        setText(this.problem, problem);
      });
    });
    return form;
  }
}

/** The note; that of a delivery names the receiver and the event it was told of. */
export function noteText(event: Pick<IncidentEvent, "kind" | "note">, lang: Lang): string {
  const told = event.kind === "delivered" && /^(.+) ([a-z]+)-\d+$/.exec(event.note ?? "");
  return told ? `${told[1]} · ${lookup(lang, "event", told[2]!)}` : (event.note ?? "");
}

/** A link to the runbook, or its path where it is no address. */
function runbook(address: string, t: Words): Node | string {
  if (isSafe(address)) return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, t("runbook"));
  return address && `${t("runbook")}: ${address}`;
}

/** Who did it: a person, or one of the machines that judge and deliver. */
function who(actor: string, t: Words): string {
  if (!actor) return "";
  return ["evaluator", "grafana", "alertmanager", "tidemark"].includes(actor) ? t("automatic") : t("by", { actor });
}

/** What is known of an incident, by name. */
export function facts(incident: Incident, t: Words, lang: Lang): [string, string][] {
  const value = (amount: number | null) => figure(amount, incident.unit, lang);
  const opened = Date.parse(incident.opened_at);
  return [
    [t("state"), lookup(lang, "state", incident.state) + (incident.verdict ? ` · ${lookup(lang, "verdict", incident.verdict)}` : "")],
    [t("series"), incident.series],
    [t("actual"), `${value(incident.actual)}${refreshMillis(incident.window) ? ` (${t("window", { window: duration(refreshMillis(incident.window), lang) })})` : ""}`],
    [t("expected"), value(incident.expected)],
    [t("samples"), count(incident.samples, lang)],
    [t("deviation"), `${count(incident.sigma, lang)} σ`],
    [t("basis"), lookup(lang, "basis", incident.basis)],
    [t("completeness"), incident.provisional ? `${t("provisional")}: ${t("provisionalHint")}` : t("complete")],
    [t("since"), time(opened, lang, undefined, "moment")],
    [t("team"), incident.team],
    [t("owner"), incident.owner],
    [t("rule"), incident.rule],
  ];
}
