/** A time zone: an IANA name; undefined is the browser's own. */
export type Zone = string | undefined;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clock(zone: Zone): Intl.DateTimeFormat {
  const key = zone ?? "";
  let format = clocks.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      ...(zone ? { timeZone: zone } : {}),
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    clocks.set(key, format);
  }
  return format;
}

/** The board's time zone as a Zone; a name that the browser does not know is the browser's own. */
export function zoneOf(timezone: string): Zone {
  if (!timezone || timezone === "browser") return undefined;
  try {
    clock(timezone);
    return timezone;
  } catch {
    return undefined;
  }
}

/** How far the zone's clock is ahead of UTC at an instant, in milliseconds. */
export function offset(at: number, zone: Zone): number {
  const part: Record<string, number> = {};
  for (const { type, value } of clock(zone).formatToParts(at)) part[type] = Number(value);
  const wall = Date.UTC(part["year"]!, part["month"]! - 1, part["day"]!, part["hour"]!, part["minute"]!, part["second"]!);
  return wall - Math.floor(at / 1000) * 1000;
}

/** The instant at which the zone's clock shows a wall time, given as if it were UTC. */
export function instant(wall: number, zone: Zone): number {
  const guess = wall - offset(wall, zone);
  return wall - offset(guess, zone);
}

/** The IANA name of a zone. */
export function zoneName(zone: Zone): string {
  return zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}
