/** What pointing at a chart can mean; x is in pixels from the plot's element. */
export interface PointerEvents {
  move(x: number): void;
  leave(): void;
  /** The mouse is pressed and moves over this stretch; drop: it was released. */
  drag(from: number, to: number): void;
  drop(from: number, to: number): void;
  /** Arrow keys, Home and End: by how many points. */
  step(by: number): void;
}

const leastDrag = 8;

/** Tells mouse, touch and keys apart: dragging the mouse zooms, a finger reads values, arrow keys read them too. */
export function watchPointer(host: HTMLElement, events: PointerEvents): void {
  let start: number | null = null;
  const at = (event: PointerEvent) => event.clientX - host.getBoundingClientRect().left;
  host.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (event.pointerType === "mouse") {
      start = at(event);
      host.setPointerCapture(event.pointerId);
    }
    events.move(at(event));
  });
  host.addEventListener("pointermove", (event) => {
    const x = at(event);
    if (start !== null && Math.abs(x - start) >= leastDrag) events.drag(Math.min(start, x), Math.max(start, x));
    else events.move(x);
  });
  host.addEventListener("pointerup", (event) => {
    const from = start;
    start = null;
    if (from === null) return;
    const x = at(event);
    if (Math.abs(x - from) >= leastDrag) events.drop(Math.min(from, x), Math.max(from, x));
  });
  const gone = () => {
    start = null;
    events.leave();
  };
  host.addEventListener("pointercancel", gone);
  host.addEventListener("pointerleave", gone);
  host.addEventListener("blur", gone);
  host.addEventListener("keydown", (event) => {
    const by: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
    if (event.key === "Escape") events.leave();
    const step = by[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    events.step(step);
  });
}
