/** Where progress goes: `line` for lasting lines, `status` (terminals only) for one line that is overwritten. */
export interface Reporter {
  line(text: string): void;
  status?(text: string | undefined): void;
}

export interface ProgressTask {
  step(what: string): void;
  end(): void;
}

interface Running {
  title: string;
  what: string;
  startedAt: number;
  lastLineAt: number;
}

const LINE_EVERY_MS = 10_000;

/**
 * Shows which long steps are under way and for how long. A terminal gets one line that is rewritten each second; anything
 * else gets a line when a step begins and every ten seconds while it lasts, so that a CI log shows that nothing hangs.
 */
export class Progress {
  private readonly running = new Set<Running>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly reporter: Reporter,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Begins to show a task. Its first step is announced by `step`. */
  task(title: string): ProgressTask {
    const entry: Running = { title, what: '', startedAt: this.now(), lastLineAt: this.now() };
    this.running.add(entry);
    this.timer ??= setInterval(() => this.tick(), 1000).unref();
    return {
      step: (what) => {
        entry.what = what;
        entry.lastLineAt = this.now();
        this.reporter.line(`${title}: ${what}`);
        this.tick();
      },
      end: () => {
        this.running.delete(entry);
        if (this.running.size > 0) return this.tick();
        clearInterval(this.timer);
        this.timer = undefined;
        this.reporter.status?.(undefined);
      },
    };
  }

  /** Called by the timer; public so that a test can move time by itself. */
  tick(): void {
    const active = [...this.running].filter((entry) => entry.what !== '');
    if (active.length === 0) return;
    if (this.reporter.status) return this.reporter.status(active.map((entry) => this.describe(entry)).join(' | '));
    for (const entry of active) {
      if (this.now() - entry.lastLineAt < LINE_EVERY_MS) continue;
      entry.lastLineAt = this.now();
      this.reporter.line(this.describe(entry));
    }
  }

  private describe({ title, what, startedAt }: Running): string {
    return `${title}: ${what} (${Math.round((this.now() - startedAt) / 1000)} s)`;
  }
}
