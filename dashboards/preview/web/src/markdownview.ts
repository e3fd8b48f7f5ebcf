import { el } from "./dom";
import { blocks, type Block, type Inline } from "./markdown";
import { isSafe } from "./url";

/** Draws Markdown as elements; an address that may not be followed stays text. Headings begin at the given level. */
export function markdown(text: string, top = 3): Node[] {
  return blocks(text).map((block) => draw(block, top));
}

function draw(block: Block, top: number): HTMLElement {
  switch (block.tag) {
    case "h": {
      const level = Math.min(6, block.level - 1 + top) as 1 | 2 | 3 | 4 | 5 | 6;
      return el(`h${level}`, {}, ...block.parts.map(part));
    }
    case "ul":
    case "ol":
      return el(block.tag, {}, ...block.items.map((item) => el("li", {}, ...item.map(part))));
    case "pre":
      return el("pre", {}, el("code", {}, block.text));
    case "p":
      return el("p", {}, ...block.lines.flatMap((line, i) => (i ? [" ", ...line.map(part)] : line.map(part))));
  }
}

function part(piece: Inline): Node | string {
  if (typeof piece === "string") return piece;
  if (piece.tag !== "a") return el(piece.tag, {}, piece.text);
  if (!isSafe(piece.href)) return piece.text;
  const outside = /^https?:/i.test(piece.href);
  return el("a", { href: piece.href, target: outside ? "_blank" : null, rel: outside ? "noopener noreferrer" : null }, piece.text);
}
