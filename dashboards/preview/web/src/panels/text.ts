import { el } from "../dom";
import { markdown } from "../markdownview";
import type { Data } from "../types";
import type { Body } from "../view";

/** Written text in Markdown. */
export class TextPanel implements Body {
  readonly element = el("div", { class: "prose", tabindex: 0 });
  private shown: string | undefined;

  update(data: Data): boolean {
    const text = data.text ?? "";
    if (text !== this.shown) this.element.replaceChildren(...markdown(text));
    this.shown = text;
    return text.trim() !== "";
  }
}
