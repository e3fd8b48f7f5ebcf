/** How long to wait after so many failures in a row: twice as long each time, at most a minute. */
export function backoff(interval: number, failures: number): number {
  const base = Math.max(interval, 2000);
  return failures === 0 ? interval : Math.min(base * 2 ** Math.min(failures, 10), Math.max(60_000, interval));
}

/**
 * Calls a task again and again: never twice at once, not while the tab is hidden, ever more rarely while it fails. An
 * interval of 0 stops it until the next start.
 */
export class Poller {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private interval = 0;
  private failures = 0;
  private due = 0;
  private busy = false;
  private again = false;
  private closed = false;

  /** The task says whether it went well. */
  constructor(private readonly task: () => Promise<boolean>) {
    document.addEventListener("visibilitychange", this.visible);
  }

  /** Starts or changes the rhythm; the next call is one interval away. */
  start(interval: number): void {
    this.interval = interval;
    this.failures = 0;
    this.plan();
  }

  /** Calls the task now; one that is running is called again when it has ended, since its answer may be older than the wish. */
  async now(): Promise<void> {
    this.again = true;
    if (this.busy || this.closed) return;
    this.busy = true;
    clearTimeout(this.timer);
    while (this.again && !this.closed) {
      this.again = false;
      const ok = await this.task().catch(() => false);
      this.failures = ok ? 0 : this.failures + 1;
    }
    this.busy = false;
    this.plan();
  }

  /** Ends it for good. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.visible);
  }

  private plan(): void {
    clearTimeout(this.timer);
    if (this.closed || this.busy || this.interval <= 0) return;
    const wait = backoff(this.interval, this.failures);
    this.due = Date.now() + wait;
    if (!document.hidden) this.timer = setTimeout(() => void this.now(), wait);
  }

  private readonly visible = (): void => {
    clearTimeout(this.timer);
    if (document.hidden || this.closed || this.busy || this.interval <= 0) return;
    this.timer = setTimeout(() => void this.now(), Math.max(0, this.due - Date.now()));
  };
}
