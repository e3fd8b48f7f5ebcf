/** One thing to do, with what it takes to be called off. */
export type Job = (signal: AbortSignal) => Promise<void>;

interface Waiting {
  job: Job;
  done: () => void;
}

/** Runs at most so many jobs at a time, in the order they were added; a job replaces the older one of its key. */
export class Queue {
  private readonly waiting = new Map<string, Waiting>();
  private readonly running = new Map<string, AbortController>();

  constructor(private readonly most: number) {}

  /** Adds a job and calls off an older one of the same key. The answer comes when the job has ended or was called off. */
  add(key: string, job: Job): Promise<void> {
    this.running.get(key)?.abort();
    this.waiting.get(key)?.done();
    this.waiting.delete(key);
    return new Promise((done) => {
      this.waiting.set(key, { job, done });
      this.next();
    });
  }

  /** Whether a job of this key waits or runs. */
  has(key: string): boolean {
    return this.waiting.has(key) || this.running.has(key);
  }

  /** Calls everything off. */
  clear(): void {
    for (const { done } of this.waiting.values()) done();
    this.waiting.clear();
    for (const controller of this.running.values()) controller.abort();
  }

  private next(): void {
    for (const [key, { job, done }] of this.waiting) {
      if (this.running.size >= this.most) return;
      if (this.running.has(key)) continue;
      this.waiting.delete(key);
      void this.run(key, job).then(done);
    }
  }

  private async run(key: string, job: Job): Promise<void> {
    const controller = new AbortController();
    this.running.set(key, controller);
    try {
      await job(controller.signal);
    } finally {
      this.running.delete(key);
      this.next();
    }
  }
}
