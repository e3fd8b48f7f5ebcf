import type { Words } from "./i18n";
import type { Action, Annotation, Board, BoardLink, Data, Demo, Features, Incident, Lang, Report, Variable, Verb } from "./types";

/** A request that did not give what it was to give; kind tells which text of the catalogue says so. */
export class ApiError extends Error {
  constructor(
    readonly kind: "timeout" | "unreachable" | "status",
    readonly status: number,
    /** What the server said, where it said something. */
    readonly said: string,
  ) {
    super(said || `${kind} ${status}`);
  }

  /** For a person. */
  text(t: Words): string {
    return this.said || t(this.kind, { status: this.status });
  }
}

/** What went wrong, for a person. */
export function reason(error: unknown, t: Words): string {
  if (error instanceof ApiError) return error.text(t);
  return error instanceof Error ? error.message : String(error);
}

/** Whether a request was called off by the page itself. */
export function aborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

const patience = 20_000;

async function request<T>(path: string, init: RequestInit, signal?: AbortSignal): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), patience);
  const callOff = () => limit.abort();
  if (signal?.aborted) callOff();
  signal?.addEventListener("abort", callOff);
  try {
    const answer = await fetch(path, { ...init, signal: limit.signal, credentials: "same-origin" });
    const body = (await answer.json().catch(() => undefined)) as (T & { error?: string }) | undefined;
    if (!answer.ok || body === undefined) throw new ApiError("status", answer.status, body?.error ?? "");
    return body;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if (signal?.aborted) throw new DOMException("called off", "AbortError");
    throw new ApiError(limit.signal.aborted ? "timeout" : "unreachable", 0, "");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", callOff);
  }
}

const get = <T>(path: string, signal?: AbortSignal) => request<T>(path, {}, signal);

function post<T>(path: string, body: unknown): Promise<T> {
  return request<T>(path, { method: "POST", headers: { "Content-Type": "application/json", "X-Tidemark": "1" }, body: JSON.stringify(body) });
}

const seg = encodeURIComponent;

/** Every request that the page makes. */
export const api = {
  boards: (lang: Lang) => get<BoardLink[]>(`/api/boards?lang=${lang}`),
  board: (uid: string) => get<Board>(`/api/boards/${seg(uid)}`),
  variables: (uid: string, query: string, signal?: AbortSignal) => get<Variable[]>(`/api/boards/${seg(uid)}/variables?${query}`, signal),
  panel: (uid: string, id: number, query: string, signal?: AbortSignal) => get<Data>(`/api/boards/${seg(uid)}/panels/${id}?${query}`, signal),
  annotations: (uid: string, query: string, signal?: AbortSignal) => get<Annotation[]>(`/api/boards/${seg(uid)}/annotations?${query}`, signal),
  features: () => get<Features>("/api/features"),
  incidents: (state: "active" | "all") => get<Incident[]>(`/api/incidents?state=${state}&limit=100`),
  incident: (id: string) => get<Incident>(`/api/incidents/${seg(id)}`),
  act: (id: string, verb: Verb, action: Action) => post<Incident>(`/api/incidents/${seg(id)}/${verb}`, action),
  rules: () => get<Report[]>("/api/rules"),
  demo: () => get<Demo>("/api/demo"),
  stage: (name: string, run: boolean) => post<unknown>(`/api/demo/incidents/${seg(name)}`, { run }),
};
