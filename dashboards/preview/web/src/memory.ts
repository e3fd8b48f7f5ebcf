/** What the browser keeps for the next visit. It may refuse to (private windows, blocked storage): then nothing is kept. */

/** What was remembered under a name; null where nothing was. */
export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Remembers a text under a name. */
export function remember(name: string, text: string): void {
  try {
    localStorage.setItem(name, text);
  } catch {
    // the page works without
  }
}
