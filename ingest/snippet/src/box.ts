/** What outlives the page: local storage, or where the browser has none to give, a plain object that does not. */
export type Box = Record<string, string>;

function open(): Box {
  try {
    return (localStorage as unknown as Box) || {};
  } catch {
    return {};
  }
}

export const box = open();

/** Begins the name of everything that this script stores. */
export const prefix = "tidemark.";

/** Stores a text; says whether there was room. */
export function save(name: string, text: string): boolean {
  try {
    box[name] = text;
    return true;
  } catch {
    return false;
  }
}

export const namesWith = (start: string) => Object.keys(box).filter((name) => name.startsWith(start));

/** Removes it all. */
export const empty = () => namesWith(prefix).forEach((name) => delete box[name]);
