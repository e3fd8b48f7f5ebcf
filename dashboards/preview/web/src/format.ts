import { htmlLang, words } from "./i18n";
import type { Lang, Unit } from "./types";
import type { Zone } from "./zone";

const formats = new Map<string, Intl.NumberFormat>();

/** A number written in the language, with at most so many decimals; compact uses K, M or 万, 亿. */
function number(value: number, lang: Lang, most: number, least = 0, compact = false): string {
  const key = `${lang} ${most} ${least} ${compact}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(htmlLang(lang), {
      maximumFractionDigits: most,
      minimumFractionDigits: least,
      ...(compact ? { notation: "compact" as const } : {}),
    });
    formats.set(key, format);
  }
  return format.format(Object.is(value, -0) ? 0 : value);
}

/** As many decimals as show three digits of a number, as the server writes them too. */
function decimals(value: number): number {
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return 0;
  return size >= 10 ? 1 : size >= 1 ? 2 : Math.min(2 - Math.floor(Math.log10(size)), 8);
}

const dash = "-";

/** A value with its unit, for tooltips and tables, as the server writes it too; null is a dash. */
export function value(amount: number | null | undefined, unit: Unit, lang: Lang): string {
  if (amount === null || amount === undefined || !Number.isFinite(amount)) return dash;
  const fixed = unit.decimals >= 0;
  switch (unit.kind) {
    case "percent":
      return `${unit.prefix}${number(amount * 100, lang, fixed ? unit.decimals : decimals(amount * 100), fixed ? unit.decimals : 0)}%${unit.suffix}`;
    case "duration_ms":
      return duration(amount, lang, unit.decimals);
    case "duration_s":
      return duration(amount * 1000, lang, unit.decimals);
    case "currency":
      return signed(unit.prefix, number(Math.abs(amount), lang, fixed ? unit.decimals : 2, fixed ? unit.decimals : 2), amount) + unit.suffix;
    default:
      return `${unit.prefix}${number(amount, lang, fixed ? unit.decimals : decimals(amount), fixed ? unit.decimals : 0)}${unit.suffix}`;
  }
}

/** How many decimals tell marks of this distance apart: 2.5 needs one. */
function places(step: number): number {
  for (let most = 0; most < 6; most++) {
    const scaled = step * 10 ** most;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return most;
  }
  return 6;
}

/** A value as short as an axis needs it; step is the distance between two marks and decides the decimals. */
export function axis(amount: number, unit: Unit, lang: Lang, step: number): string {
  switch (unit.kind) {
    case "percent":
      return `${number(amount * 100, lang, places(step * 100))}%`;
    case "duration_ms":
      return duration(amount, lang);
    case "duration_s":
      return duration(amount * 1000, lang);
    default: {
      const big = Math.abs(amount) >= 10_000;
      const text = number(Math.abs(amount), lang, big ? 2 : places(step), 0, big);
      return signed(unit.prefix, text, amount) + unit.suffix;
    }
  }
}

function signed(prefix: string, text: string, amount: number): string {
  return `${amount < 0 ? "-" : ""}${prefix}${text}`;
}

const lengths: [millis: number, en: string, zh: string][] = [
  [86_400_000, " d", "天"],
  [3_600_000, " h", "小时"],
  [60_000, " min", "分"],
  [1000, " s", "秒"],
  [1, " ms", "毫秒"],
];

/** A length of time in its two largest units, or below a minute as one number with so many decimals. */
export function duration(millis: number, lang: Lang, places = -1): string {
  const size = Math.abs(millis);
  const sign = millis < 0 ? "-" : "";
  const name = (at: number) => lengths[at]![lang === "zh" ? 2 : 1];
  if (size < 60_000) {
    const at = size < 1000 ? 4 : 3;
    const amount = size / lengths[at]![0];
    return sign + number(amount, lang, places < 0 ? decimals(amount) : places, Math.max(0, places)) + name(at);
  }
  const at = lengths.findIndex(([length]) => size >= length);
  const whole = Math.floor(size / lengths[at]![0]);
  const rest = Math.floor((size - whole * lengths[at]![0]) / lengths[at + 1]![0]);
  const first = sign + whole + name(at);
  return rest ? `${first}${lang === "zh" ? "" : " "}${rest}${name(at + 1)}` : first;
}

/** How long ago something was, in its largest unit. */
export function age(millis: number, lang: Lang): string {
  const t = words(lang);
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 5) return t("age.now");
  if (seconds < 60) return t("age.s", { n: seconds });
  if (seconds < 3600) return t("age.m", { n: Math.floor(seconds / 60) });
  if (seconds < 172_800) return t("age.h", { n: Math.floor(seconds / 3600) });
  return t("age.d", { n: Math.floor(seconds / 86_400) });
}

/** How long ago a moment was, as a length of time: never "just now". */
export function oldAge(at: number, lang: Lang): string {
  return age(Math.max(5000, Date.now() - at), lang);
}

/** A share of 0 to 1 as a percentage. */
export function percent(share: number | null | undefined, lang: Lang, most = 1): string {
  return share === null || share === undefined || !Number.isFinite(share) ? dash : `${number(share * 100, lang, most)}%`;
}

/** A plain number, for example a count. */
export function count(amount: number | null | undefined, lang: Lang): string {
  return amount === null || amount === undefined || !Number.isFinite(amount) ? dash : number(amount, lang, decimals(amount));
}

/** A figure of an incident: a share where its unit is ratio, else a count. */
export function figure(amount: number | null, unit: string, lang: Lang): string {
  return unit === "ratio" ? percent(amount, lang, 2) : count(amount, lang);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** How much of an instant is written. */
export type Detail = "day" | "minute" | "second" | "time" | "moment";

const details: Record<Detail, Intl.DateTimeFormatOptions> = {
  day: { month: "short", day: "numeric" },
  minute: { hour: "2-digit", minute: "2-digit" },
  second: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  time: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  moment: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

/** An instant on the zone's clock. */
export function time(at: number, lang: Lang, zone: Zone, detail: Detail = "time"): string {
  const key = `${lang} ${zone ?? ""} ${detail}`;
  let format = clocks.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(htmlLang(lang), { ...(zone ? { timeZone: zone } : {}), hourCycle: "h23", ...details[detail] });
    clocks.set(key, format);
  }
  return format.format(at);
}
