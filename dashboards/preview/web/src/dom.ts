/** Small helpers that make and change elements without ever parsing text as HTML. */

type Child = Node | string | null | undefined | false;
type Value = string | number | boolean | null | undefined | ((event: never) => void);

const svgNames = "http://www.w3.org/2000/svg";

/**
 * Makes an element. A property that begins with "on" is a listener, a name in camel case such as ariaLabel stays the
 * attribute aria-label; null, undefined and false leave an attribute out.
 */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, Value> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** Makes an element of SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, Value> = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(svgNames, tag), attributes, children);
}

function fill<E extends Element>(element: E, attributes: Record<string, Value>, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else setAttr(element, name, value);
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

/** Sets, changes or removes an attribute; touches nothing where it is the same already. */
export function setAttr(element: Element, name: string, value: string | number | boolean | null | undefined): void {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Sets text where it differs, so that a refresh without news changes nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Makes the children of an element exactly these, in order, moving as little as possible. */
export function setChildren(parent: Element, children: Node[]): void {
  const keep = new Set(children);
  for (const old of [...parent.childNodes]) if (!keep.has(old)) old.remove();
  children.forEach((child, i) => {
    if (parent.childNodes[i] !== child) parent.insertBefore(child, parent.childNodes[i] ?? null);
  });
}

/** An icon from a path on a 24 by 24 grid, drawn in the text's colour and hidden from screen readers. */
export function icon(path: string): SVGElement {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: path }));
}

/** Paths for icon, drawn for this page. */
export const icons = {
  bell: "M12 3a6 6 0 0 0-6 6v4l-2 4h16l-2-4V9a6 6 0 0 0-6-6M10 20h4",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M19 5l-1.5 1.5M6.5 17.5 5 19",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5",
  table: "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
  chart: "M4 4v16h16M7 15l4-5 3 3 5-7",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v6M12 7.2v.6",
  link: "M14 5h5v5M19 5l-8 8M17 14v5H5V7h5",
  wall: "M3 5h18v11H3zM9 20h6M12 16v4",
  reload: "M20 5v5h-5M19.5 10A8 8 0 1 0 20 14",
  fold: "M7 10l5 5 5-5",
  warning: "M12 4 2.5 20h19zM12 10v5M12 17.2v.6",
  check: "M5 13l4 4L19 7",
} as const;
