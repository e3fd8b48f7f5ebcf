import { box, prefix, save } from "./box";
import { uuid } from "./uuid";

const name = prefix + "id";
let id = "";

/** The visitor's anonymous id: random, the same for all pages of this site, kept in local storage; in a cookie only where that is denied. */
export function visitor(): string {
  if (!id) {
    id = box[name] || document.cookie.match(`\\b${name}=([\\w-]+)`)?.[1] || uuid();
    if (!save(name, id) || !(box instanceof Storage)) remember("31536000");
  }
  return id;
}

function remember(seconds: string) {
  document.cookie = `${name}=${id}; path=/; max-age=${seconds}; SameSite=Lax`;
}

/** Forgets the visitor; the next one is somebody else. */
export function forgetVisitor() {
  id = "";
  remember("0");
}
