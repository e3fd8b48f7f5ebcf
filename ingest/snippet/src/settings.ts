/** What the page says on the script's tag; the collector is where the script came from. */
const tag = document.currentScript as HTMLScriptElement;

export const writeKey = tag.dataset.key!;
export const consentRequired = tag.dataset.consent; // whatever is written there: rather too careful
export const searchParam = tag.dataset.searchParam;
export const collector = new URL("v1/b", tag.src).href;

/**
 * Whether answers can be read. A browser shows them to a page of another origin only if the collector lists that origin, and
 * asked for anyhow an answer that is withheld looks like a network that is down: events would be sent again and again. A
 * script tag with `crossorigin` settles it, since without the listing this script would not have been loaded.
 */
export const readable = tag.crossOrigin !== null || collector.startsWith(location.origin + "/");
