import { track } from "./call";
import { engagement, heartbeat } from "./engagement";
import { state } from "./state";
import { eachView } from "./view";

/** Measures engaged time. The result sends what has not been sent. */
export function watchEngagement(): () => void {
  const { move, beat, take } = engagement();
  const send = () => {
    const ms = take();
    if (ms) track("Page Engaged", { engaged_ms: ms });
  };
  for (const what of ["scroll", "pointermove", "pointerdown", "keydown", "visibilitychange"]) {
    addEventListener(what, move, { capture: true, passive: true });
  }
  setInterval(() => {
    if (beat(state.on && !document.hidden)) send();
  }, heartbeat);
  eachView(() => {
    send();
    move();
  });
  return send;
}
