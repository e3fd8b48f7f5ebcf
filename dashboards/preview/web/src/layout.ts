import type { Panel } from "./types";

/** A row's heading with the panels below it; the panels above the first row have no heading. */
export interface Section {
  row: Panel | undefined;
  panels: Panel[];
}

/** Groups a board's panels by its rows, in reading order, and moves each group's panels to the top of its own grid. */
export function sections(panels: Panel[]): Section[] {
  const sorted = [...panels].sort((a, b) => a.y - b.y || (a.type === "row" ? -1 : 0) - (b.type === "row" ? -1 : 0) || a.x - b.x);
  const groups: Section[] = [{ row: undefined, panels: [] }];
  for (const panel of sorted) {
    if (panel.type === "row") groups.push({ row: panel, panels: [] });
    else groups.at(-1)!.panels.push(panel);
  }
  return groups.filter((group) => group.row || group.panels.length).map(toTop);
}

function toTop(section: Section): Section {
  const top = Math.min(...section.panels.map((panel) => panel.y));
  return { row: section.row, panels: section.panels.map((panel) => ({ ...panel, y: panel.y - top })) };
}

/** Compares panels by what a person looks at first: what is on the screen, then from the top. */
export function byAttention(a: { visible: boolean; top: number }, b: { visible: boolean; top: number }): number {
  return Number(b.visible) - Number(a.visible) || a.top - b.top;
}
