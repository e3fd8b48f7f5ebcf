import { el } from "./dom";

/**
 * Shows a form on top of the page until it is sent or called off; the answer is whether it was sent. It vanishes
 * afterwards, and the focus returns to where it was.
 */
export function ask(title: string, fields: Node[], buttons: { send: string; cancel: string }, valid: () => string = () => ""): Promise<boolean> {
  return new Promise((answer) => {
    const problem = el("p", { class: "problem", role: "alert" });
    const form = el("form", { method: "dialog" }, el("h2", {}, title), ...fields, problem,
      el("div", { class: "buttons" },
        el("button", { type: "button", onclick: () => dialog.close("") }, buttons.cancel),
        el("button", { type: "submit", class: "primary", value: "send" }, buttons.send)));
    const dialog = el("dialog", { "aria-label": title }, form);
    form.addEventListener("submit", (event) => {
      const text = valid();
      problem.textContent = text;
      if (text) event.preventDefault();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "send");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A field with its label. */
export function field(label: string, input: HTMLElement): HTMLElement {
  return el("label", { class: "field" }, el("span", {}, label), input);
}
