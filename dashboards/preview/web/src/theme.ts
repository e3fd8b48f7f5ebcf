import type { Theme } from "./color";
import { remember, remembered } from "./memory";

const dark = matchMedia("(prefers-color-scheme: dark)");
const key = "tidemark.theme";

/** The theme that applies: that of the address, else the remembered one, else the system's. */
export function currentTheme(wanted: "" | Theme): Theme {
  if (wanted) return wanted;
  const last = remembered(key);
  if (last === "dark" || last === "light") return last;
  return dark.matches ? "dark" : "light";
}

/** Remembers a theme for the next visit. */
export function rememberTheme(theme: Theme): void {
  remember(key, theme);
}

/** Calls back when the system changes its colours. */
export function onSystemTheme(changed: () => void): void {
  dark.addEventListener("change", changed);
}

/** The size of the page's text in pixels: charts are drawn to it, so that they grow on a wall display too. */
export function rem(): number {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}
