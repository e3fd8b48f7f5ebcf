/** A part of a line. */
export type Inline = string | { tag: "strong" | "em" | "code"; text: string } | { tag: "a"; text: string; href: string };

/** A block of a text. */
export type Block =
  | { tag: "p"; lines: Inline[][] }
  | { tag: "h"; level: number; parts: Inline[] }
  | { tag: "ul" | "ol"; items: Inline[][] }
  | { tag: "pre"; text: string };

const inlinePattern = /\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|`([^`]+)`|\[([^\]]+)\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)?)\)/g;

/** Splits a line into bold, italic, code and links; everything else stays text. */
export function inline(line: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of line.matchAll(inlinePattern)) {
    if (match.index > end) parts.push(line.slice(end, match.index));
    if (match[1]) parts.push({ tag: "strong", text: match[1] });
    else if (match[2]) parts.push({ tag: "em", text: match[2] });
    else if (match[3]) parts.push({ tag: "code", text: match[3] });
    else parts.push({ tag: "a", text: match[4]!, href: match[5]! });
    end = match.index + match[0].length;
  }
  if (end < line.length) parts.push(line.slice(end));
  return parts;
}

/** Reads the subset of Markdown that boards use: headings, paragraphs, lists, code, and what inline knows. */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  const lines = text.replaceAll("\r", "").split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    const item = /^\s*([-*+]|\d+[.)])\s+(.*)$/.exec(line);
    const last = found.at(-1);
    if (line.startsWith("```")) {
      const end = lines.findIndex((other, at) => at > i && other.startsWith("```"));
      const stop = end < 0 ? lines.length : end;
      found.push({ tag: "pre", text: lines.slice(i + 1, stop).join("\n") });
      i = stop;
    } else if (heading) {
      found.push({ tag: "h", level: heading[1]!.length, parts: inline(heading[2]!) });
    } else if (item) {
      const tag = /\d/.test(item[1]!) ? "ol" : "ul";
      if (last?.tag === tag && lines[i - 1]!.trim()) last.items.push(inline(item[2]!));
      else found.push({ tag, items: [inline(item[2]!)] });
    } else if (line.trim()) {
      if (last?.tag === "p" && lines[i - 1]!.trim()) last.lines.push(inline(line.trim()));
      else found.push({ tag: "p", lines: [inline(line.trim())] });
    }
  }
  return found;
}
