import { isActive } from "./incidents";
import type { Incident } from "./types";
import type { State } from "./url";

const hour = 3_600_000;

/** The board and panel on which an incident can be seen, with its shop and the time around it. */
export function boardRange(incident: Incident, now: number): Partial<State> {
  const opened = Date.parse(incident.opened_at);
  const recent = isActive(incident.state) && now - opened < 5 * hour;
  const end = incident.resolved_at ? Date.parse(incident.resolved_at) : now;
  const range = recent ? { from: "now-6h", to: "now" } : { from: String(opened - 2 * hour), to: String(Math.min(now, end + hour)) };
  return { page: "board", board: incident.board, vars: { shop: [incident.shop] }, incident: "", panel: String(incident.panel || ""), ...range };
}
