import { ask, field } from "./dialog";
import { el, setAttr, setText } from "./dom";
import { time } from "./format";
import type { Key, Words } from "./i18n";
import { fromInput, presetOf, presets, resolve, toInput } from "./range";
import type { Lang } from "./types";
import type { Zone } from "./zone";

/** The choice of the time range: presets, or any two moments. */
export class RangeControl {
  readonly element: HTMLElement;
  private readonly select: HTMLSelectElement;
  private readonly custom: HTMLOptionElement;
  private readonly edit: HTMLButtonElement;
  private from = "";
  private to = "";

  constructor(
    private readonly t: Words,
    private readonly lang: Lang,
    private readonly zone: Zone,
    private readonly change: (from: string, to: string) => void,
  ) {
    this.custom = el("option", { value: "custom" }, t("range.custom"));
    this.select = el("select", { "data-range": true, onchange: () => void this.chosen() },
      ...presets.map((preset) => el("option", { value: preset }, t(`range.${preset}` as Key))), this.custom);
    this.edit = el("button", { type: "button", hidden: true, "data-range-edit": true, onclick: () => void this.askCustom() });
    this.element = el("div", { class: "control" }, el("label", {}, el("span", {}, t("range")), this.select), this.edit);
  }

  update(from: string, to: string): void {
    this.from = from;
    this.to = to;
    const preset = presetOf(from, to);
    this.select.value = preset;
    this.edit.hidden = preset !== "custom";
    const end = (moment: string) => (/^\d+$/.test(moment) ? time(Number(moment), this.lang, this.zone) : moment);
    setText(this.edit, preset === "custom" ? `${end(from)} – ${end(to)}` : "");
    setAttr(this.edit, "title", this.t("range.custom"));
  }

  private async chosen(): Promise<void> {
    if (this.select.value === "custom") await this.askCustom();
    else this.change(this.select.value, "now");
  }

  private async askCustom(): Promise<void> {
    const { t, zone } = this;
    const now = Date.now();
    const input = (moment: string) => el("input", { type: "datetime-local", required: true, value: toInput(resolve(moment, now, zone), zone) });
    const from = input(this.from);
    const to = input(this.to);
    const value = (one: HTMLInputElement) => fromInput(one.value, zone);
    const valid = () => (value(from) < value(to) ? "" : t("rangeOrder"));
    const sent = await ask(t("range"), [field(t("from"), from), field(t("to"), to)], { send: t("apply"), cancel: t("cancel") }, valid);
    if (sent) this.change(String(value(from)), String(value(to)));
    else this.update(this.from, this.to);
  }
}
