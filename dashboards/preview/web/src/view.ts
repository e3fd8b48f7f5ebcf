import type { Theme } from "./color";
import type { Words } from "./i18n";
import type { Store } from "./incidents";
import type { Annotation, Data, Incident, Lang, Link } from "./types";
import type { Zone } from "./zone";

/** What a panel needs to know of the page around it. */
export interface View {
  lang: Lang;
  t: Words;
  zone: Zone;
  theme(): Theme;
  /** The address a link leads to from here; nothing where it may not be followed. */
  href(link: Link): string | undefined;
  /** Shows another range, in epoch milliseconds. */
  zoom(from: number, to: number): void;
  /** The open incidents; nothing where the server keeps none. */
  incidents: Store | undefined;
  /** The address of an incident's details. */
  incidentHref(incident: Incident): string;
  /** The values chosen for a variable. */
  chosen(name: string): string[];
  crosshair: Crosshair;
}

/** The inside of a panel. */
export interface Body {
  element: HTMLElement;
  /** Draws data; the answer tells whether there was anything to draw. */
  update(data: Data): boolean;
  annotate?(annotations: Annotation[]): void;
  /** Draws the same data again: colours or links have changed. */
  redraw?(): void;
  resize?(): void;
  /** Shows a table instead of the drawing, or the drawing again. */
  asTable?(on: boolean): void;
  dispose?(): void;
}

/** One moment in time, pointed at in one chart and shown by all of them. */
export class Crosshair {
  private readonly listeners = new Set<(at: number | null, source: unknown) => void>();

  listen(listener: (at: number | null, source: unknown) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  point(at: number | null, source: unknown): void {
    for (const listener of this.listeners) listener(at, source);
  }
}
