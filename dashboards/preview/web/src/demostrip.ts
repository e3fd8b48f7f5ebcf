import { api, reason } from "./api";
import { el, setAttr, setChildren, setText } from "./dom";
import { count, duration, oldAge, time } from "./format";
import { localised, type Key, type Words } from "./i18n";
import { Poller } from "./poll";
import type { Demo, DemoIncident, DemoStatus, Lang } from "./types";

const pace = 2000;

/** The demo's own line: how the pipeline does right now, and the incidents that can be staged. */
export class DemoStrip {
  readonly element: HTMLElement;
  private readonly figures = el("dl", { class: "figures" });
  private readonly buttons = el("div", { class: "staged" });
  private readonly problem = el("span", { class: "problem", role: "alert" });
  private readonly shown = new Map<Key, HTMLElement>();
  private readonly staged = new Map<string, HTMLButtonElement>();
  private readonly poller = new Poller(() => this.load());

  constructor(
    private readonly t: Words,
    private readonly lang: Lang,
  ) {
    this.element = el("aside", { class: "demo", "aria-label": t("demo") }, el("strong", { title: t("demoNote") }, t("demo")), this.figures, this.buttons, this.problem);
    this.poller.start(pace);
    void this.poller.now();
  }

  dispose(): void {
    this.poller.close();
    this.element.remove();
  }

  private async load(): Promise<boolean> {
    try {
      const demo = await api.demo();
      setText(this.problem, demo.status.error ?? "");
      this.draw(demo);
      return true;
    } catch (error) {
      setText(this.problem, reason(error, this.t));
      return false;
    }
  }

  private draw(demo: Demo): void {
    const { lang } = this;
    const status = demo.status;
    const until = Date.parse(status.complete_until);
    this.figure("eventRate", count(Math.round(status.events_per_second), lang));
    this.figure("lag", count(status.lag, lang));
    this.figure("freshness", duration(status.freshness * 1000, lang));
    this.figure("completeUntil", until > 0 ? time(until, lang, undefined, "second") : "-");
    this.figure("deadLetters", count(status.dead_letters, lang));
    const truth = this.figure("truth", truthText(status, this.t));
    setAttr(truth, "title", status.truth_ok ? null : status.truth);
    truth.dataset["truth"] = status.truth_ok ? "ok" : /differ/.test(status.truth) ? "bad" : "wait";
    setChildren(this.figures, [...this.shown.values()].map((value) => value.parentElement!));
    setChildren(this.buttons, (demo.incidents ?? []).map((incident) => this.stage(incident)));
  }

  private figure(key: Key, text: string): HTMLElement {
    let value = this.shown.get(key);
    if (!value) {
      value = el("dd");
      el("div", { "data-figure": key }, el("dt", {}, this.t(key)), value);
      this.shown.set(key, value);
    }
    setText(value, text);
    return value;
  }

  private stage(incident: DemoIncident): HTMLButtonElement {
    let button = this.staged.get(incident.name);
    if (!button) {
      button = el("button", { type: "button", "data-demo": incident.name });
      button.addEventListener("click", () => void this.run(incident.name));
      this.staged.set(incident.name, button);
    }
    const running = incident.running && incident.since ? ` · ${this.t("running", { age: oldAge(incident.since, this.lang) })}` : "";
    setText(button, this.t(incident.running ? "stageStop" : "stageStart", { title: localised(incident.title, this.lang) }) + running);
    setAttr(button, "aria-pressed", String(incident.running));
    return button;
  }

  private async run(name: string): Promise<void> {
    const button = this.staged.get(name)!;
    button.disabled = true;
    try {
      await api.stage(name, button.getAttribute("aria-pressed") !== "true");
      await this.poller.now();
    } catch (error) {
      setText(this.problem, reason(error, this.t));
    }
    button.disabled = false;
  }
}

/** The verdict of the check against the simulator; it comes as English text, whose usual forms have translations. */
export function truthText(status: Pick<DemoStatus, "truth" | "truth_ok">, t: Words): string {
  if (status.truth_ok) return `${t("truth.ok")} (${/\d+/.exec(status.truth)?.[0] ?? "-"})`;
  const differ = /^(\d+) of (\d+) differ/.exec(status.truth);
  if (differ) return t("truth.differ", { n: differ[1]!, of: differ[2]! });
  return /^waiting/.test(status.truth) ? t("truth.wait") : status.truth || "-";
}
