import { track } from "./call";
import { shifts, slowest } from "./shift";
import { state } from "./state";

/** An entry of any kind that is watched. */
interface Entry extends PerformanceEntry {
  hadRecentInput?: boolean;
  value?: number;
  interactionId?: number;
}

/** Measures how fast the page was, as Core Web Vitals define it. The result sends it, once: when the page is first hidden. */
export function watchVitals(): () => void {
  // A page that was loaded in the background painted when somebody came to look, which says nothing of its speed.
  const watched = !document.hidden;
  const { context } = state;
  const started = navigation()?.activationStart || 0; // of a page that was loaded before it was asked for
  const add = shifts();
  const interactions = new Map<number, number>();
  let lcp: number | undefined;
  let cls: number | undefined;
  let sent = false;

  each("largest-contentful-paint", (entry) => (lcp = entry.startTime));
  each("layout-shift", (entry) => {
    if (!entry.hadRecentInput) cls = add(entry.startTime, entry.value!);
  });
  const interaction = ({ interactionId, duration }: Entry) => {
    if (interactionId && !sent) interactions.set(interactionId, Math.max(duration, interactions.get(interactionId) || 0));
  };
  each("event", interaction);
  each("first-input", interaction);

  return () => {
    if (sent) return;
    sent = true;
    const painted = (at = 0) => (watched && at > started ? Math.round(at - started) : undefined);
    track(
      "Web Vitals",
      {
        load_ms: painted(navigation()?.loadEventEnd),
        lcp_ms: painted(lcp),
        inp_ms: slowest([...interactions.values()], (performance as { interactionCount?: number }).interactionCount || interactions.size),
        cls,
      },
      context,
    );
  };
}

function navigation() {
  return performance.getEntriesByType("navigation")[0] as (PerformanceNavigationTiming & { activationStart?: number }) | undefined;
}

function each(type: string, take: (entry: Entry) => void) {
  if (!PerformanceObserver.supportedEntryTypes.includes(type)) return;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => take(entry as Entry))).observe({
    type,
    buffered: true,
    durationThreshold: 40,
  } as PerformanceObserverInit);
}
