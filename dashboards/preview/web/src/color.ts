/** The page's two looks. */
export type Theme = "dark" | "light";

/** Shades from super-light to the darkest one; a theme's plain name is the third in dark and the fourth in light. */
const shades: Record<string, [string, string, string, string, string, string]> = {
  red: ["#FFA6B0", "#FF7383", "#F2495C", "#E02F44", "#C4162A", "#AD0317"],
  orange: ["#FFCB7D", "#FFB357", "#FF9830", "#FF780A", "#FA6400", "#E55400"],
  yellow: ["#FFF899", "#FFEE52", "#FADE2A", "#F2CC0C", "#E0B400", "#CC9D00"],
  green: ["#C8F2C2", "#96D98D", "#73BF69", "#56A64B", "#37872D", "#19730E"],
  blue: ["#C0D8FF", "#8AB8FF", "#5794F2", "#3274D9", "#1F60C4", "#1250B0"],
  purple: ["#DEB6F2", "#CA95E5", "#B877D9", "#A352CC", "#8F3BB8", "#7C2EA3"],
};

const steps = ["super-light-", "light-", "", "semi-dark-", "dark-"];

/**
 * The colours of series: told apart by people with any kind of colour vision, none near the tiers' yellow, orange and red.
 * Without these hues lightness must do most of it, hence the very light and very dark ones.
 */
const series: Record<Theme, string[]> = {
  dark: ["#0766EE", "#6DFEE5", "#B229AD", "#3FBD12", "#F079B6", "#7A7A7A", "#9E8AFA", "#4FC9FE"],
  light: ["#1C04A6", "#188D7C", "#85356E", "#1F600C", "#CA6DC3", "#383838", "#7E55F0", "#1263A6"],
};

/** The colour of plain text, as in base.css. */
export const ink: Record<Theme, string> = { dark: "#E7ECF2", light: "#17212B" };
/** The background of panels, as in base.css. */
export const paper: Record<Theme, string> = { dark: "#161D26", light: "#FFFFFF" };

/** The hex code of a name of Grafana's palette, or of a hex code; undefined for anything else. */
export function named(name: string | undefined, theme: Theme): string | undefined {
  if (!name) return undefined;
  if (/^#[0-9a-f]{6}$/i.test(name)) return name;
  if (name === "text") return ink[theme];
  const match = /^(super-light-|light-|semi-dark-|dark-|)([a-z]+)$/.exec(name);
  const scale = match && shades[match[2]!];
  if (!match || !scale) return undefined;
  return scale[steps.indexOf(match[1]!) + (theme === "light" ? 1 : 0)];
}

/** Colours for series by name: the same name has the same colour unless two on one panel would share it. */
export function seriesColors(names: string[], theme: Theme): Map<string, string> {
  const palette = series[theme];
  const taken = new Set<number>();
  const colors = new Map<string, string>();
  for (const name of names) {
    if (colors.has(name)) continue;
    let at = hash(name) % palette.length;
    for (let tries = 0; taken.has(at) && tries < palette.length; tries++) at = (at + 1) % palette.length;
    taken.add(at);
    colors.set(name, palette[at]!);
  }
  return colors;
}

function hash(text: string): number {
  let sum = 2166136261;
  for (const char of text) sum = Math.imul(sum ^ char.codePointAt(0)!, 16777619) >>> 0;
  return sum;
}

function channels(hex: string): [number, number, number] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
}

function luminance(hex: string): number {
  const [r, g, b] = channels(hex).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast of two colours by WCAG, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** A colour of which share of b is mixed into a. */
export function mix(a: string, b: string, share: number): string {
  const to = channels(b);
  return "#" + channels(a).map((value, i) => Math.round(value + (to[i]! - value) * share).toString(16).padStart(2, "0")).join("");
}

/** The colour for text on the theme's panels: the same hue, moved towards the ink until it can be read. */
export function readable(hex: string, theme: Theme, wanted = 4.5): string {
  for (let share = 0; share < 1; share += 0.05) {
    const color = mix(hex, ink[theme], share);
    if (contrast(color, paper[theme]) >= wanted) return color;
  }
  return ink[theme];
}

/** Black or white, whichever reads better on a background. */
export function inkOn(background: string): string {
  return contrast("#000000", background) >= contrast("#ffffff", background) ? "#000000" : "#ffffff";
}

/** A colour with some transparency, 0 to 1. */
export function alpha(hex: string, share: number): string {
  return `rgba(${channels(hex).join(", ")}, ${share})`;
}
