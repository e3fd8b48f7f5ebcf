import { instant, offset, type Zone } from "./zone";

/** The ranges offered, each ending now. */
export const presets = ["now-15m", "now-1h", "now-6h", "now-24h", "now-7d", "now/d"] as const;
/** One of the ranges offered. */
export type Preset = (typeof presets)[number];

/** How often a board may refresh that names no paces of its own. */
export const refreshes = ["10s", "30s", "1m", "5m"];

const unitMillis: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Whether text is an end of a range: epoch milliseconds, now, now-6h or now/d. */
export function isMoment(text: string): boolean {
  return /^(\d{1,16}|now(-\d{1,5}[smhdw])?(\/d)?)$/.test(text);
}

/** The preset of a range, or custom. */
export function presetOf(from: string, to: string): Preset | "custom" {
  return to === "now" ? (presets.find((preset) => preset === from) ?? "custom") : "custom";
}

/** The instant that an end of a range means; /d is the start of that day in the zone. */
export function resolve(moment: string, now: number, zone: Zone): number {
  if (/^\d+$/.test(moment)) return Number(moment);
  const match = /^now(?:-(\d+)([smhdw]))?(\/d)?$/.exec(moment);
  if (!match) return now;
  const at = match[1] ? now - Number(match[1]) * unitMillis[match[2]!]! : now;
  if (!match[3]) return at;
  const day = unitMillis["d"]!;
  return instant(Math.floor((at + offset(at, zone)) / day) * day, zone);
}

/** A refresh such as 30s in milliseconds; 0 for never. */
export function refreshMillis(text: string): number {
  const match = /^(\d+)([smhd])$/.exec(text);
  return match ? Number(match[1]) * unitMillis[match[2]!]! : 0;
}

/** An instant as the value of an input of type datetime-local. */
export function toInput(at: number, zone: Zone): string {
  return new Date(at + offset(at, zone)).toISOString().slice(0, 16);
}

/** The instant of such a value; NaN where it is incomplete. */
export function fromInput(text: string, zone: Zone): number {
  return /^\d{4,}-\d\d-\d\dT\d\d:\d\d/.test(text) ? instant(Date.parse(`${text.slice(0, 16)}:00Z`), zone) : NaN;
}
