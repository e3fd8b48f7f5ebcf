import { api, ApiError, reason } from "./api";
import { ask, field } from "./dialog";
import { el } from "./dom";
import { lookup, type Words } from "./i18n";
import { remember, remembered } from "./memory";
import { isActive, needsAck, type Store } from "./incidents";
import type { Action, Incident, Lang, Verb, Verdict } from "./types";

const actorKey = "tidemark.actor";

/** The name that a person gave last; empty before. */
export function actorName(): string {
  return remembered(actorKey) ?? "";
}

/** Remembers a person's name on this machine. */
export function rememberActor(name: string): void {
  remember(actorKey, name.trim());
}

/** What may be done with an incident now; the server decides in the end. */
export function verbs(incident: Incident): Verb[] {
  if (incident.state === "resolved") return ["review"];
  if (!isActive(incident.state)) return [];
  const found: Verb[] = [];
  if (needsAck(incident)) found.push("acknowledge");
  if (incident.state !== "handling") found.push("handling");
  return [...found, "resolve"];
}

/** The words that actions need. */
export interface Speech {
  t: Words;
  lang: Lang;
}

/** Does it, after asking for what is missing. The answer is empty when it went well or was called off, else what went wrong. */
export async function act(store: Store, incident: Incident, verb: Verb, speech: Speech, pending: () => void): Promise<string> {
  const action = await collect(verb, speech);
  if (!action) return "";
  pending();
  return send(store, incident.id, verb, action, speech);
}

/** Sends an action. The answer is empty when it went well, else what went wrong. */
export async function send(store: Store, id: string, verb: Verb, action: Action, speech: Speech): Promise<string> {
  const { t } = speech;
  try {
    await store.act(id, verb, action);
    return "";
  } catch (error) {
    void store.reload();
    const now = error instanceof ApiError && error.status === 409 ? await api.incident(id).catch(() => undefined) : undefined;
    return t("refused", { reason: now ? standing(now, speech) : reason(error, t) });
  }
}

/** How far an incident has come, for somebody whose action came too late. */
function standing(incident: Incident, { t, lang }: Speech): string {
  const by = isActive(incident.state) ? incident.acknowledged_by : "";
  return t("conflict", { state: lookup(lang, "state", incident.state) + (by ? ` · ${by}` : "") });
}

async function collect(verb: Verb, { t, lang }: Speech): Promise<Action | undefined> {
  if (verb !== "review" && actorName()) return { actor: actorName(), note: "" };
  const name = el("input", { type: "text", required: true, maxlength: 80, autocomplete: "name", value: actorName() });
  const note = el("textarea", { rows: 3, maxlength: 1000 });
  const verdicts: Verdict[] = ["real", "false_alarm", "expected"];
  const verdict = el("select", { "data-verdict": true }, ...verdicts.map((one) => el("option", { value: one }, lookup(lang, "verdict", one))));
  const fields = [field(t("actor"), name), ...(verb === "review" ? [field(t("verdict"), verdict)] : []), field(t("noteOptional"), note)];
  const sent = await ask(t(verb), fields, { send: t(verb), cancel: t("cancel") }, () => (name.value.trim() ? "" : t("actorNeeded")));
  if (!sent) return undefined;
  rememberActor(name.value);
  return { actor: name.value.trim(), note: note.value.trim(), ...(verb === "review" ? { verdict: verdict.value as Verdict } : {}) };
}
