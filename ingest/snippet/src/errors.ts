import { track } from "./call";
import { bare, mask } from "./text";
import { eachView } from "./view";

const most = 5; // per page view: a loop that fails says nothing new

/** Sees errors that nobody has caught. */
export function watchErrors() {
  let left = most;
  eachView(() => (left = most));
  const report = (message: string, source = "", line = 0) => {
    if (left-- > 0) track("JS Error", { message: mask(message) + (source && ` @ ${bare(source).split("://").pop()!.slice(-70)}:${line}`) });
  };
  addEventListener("error", ({ message, filename, lineno }) => message && report(message, filename, lineno));
  addEventListener("unhandledrejection", ({ reason }) => report(String(reason?.message || reason)));
}
