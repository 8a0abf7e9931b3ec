import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogFile } from './log-file';
import { reasonOf, StackError } from './stack-error';

/** How one process is started, known to be ready, and ended. */
export interface ComponentSpec {
  title: string;
  /** Address or purpose, for the line that says that it is ready. */
  where: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** Resolves when the process answers; rejects with the reason while it does not. Called again and again. */
  ready(): Promise<void>;
  readyWithinMs: number;
  stopSignal: NodeJS.Signals;
  stopWithinMs: number;
}

/** What tests and operators may do with a running process. */
export interface ComponentHandle {
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  readonly logFile: string;
  /** Sends a signal (SIGKILL by default) and waits for the end; the process stays down until `restart`. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the process when it runs and starts it again with the same data and port; resolves when it is ready. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface ComponentEvents {
  log(line: string): void;
  /** The set of running processes has changed. */
  onChange(): void;
  /** It crashed too often to be started once more. */
  onGivenUp(error: StackError): void;
}

const RESTARTS = 5;
const FIRST_BACKOFF_MS = 500;
/** A process that ran this long before it crashed begins again with the shortest back-off. */
const STABLE_AFTER_MS = 60_000;
const READY_EVERY_MS = 60;
const KILLED_WITHIN_MS = 10_000;

interface Run {
  child: ChildProcess;
  startedAt: number;
  ended: Promise<string>;
  /** Set before we end it ourselves: its exit is no crash then. */
  expected: boolean;
  hasEnded: boolean;
}

/** One child process: started until ready, restarted with back-off when it crashes, ended within a bounded time. */
export class Component implements ComponentHandle {
  private run: Run | undefined;
  private readonly log: LogFile;
  private crashes = 0;
  private stopped = false;
  /** Starts, stops and restarts come one after the other. */
  private queue: Promise<unknown> = Promise.resolve();
  private wake = new AbortController();

  constructor(
    private readonly spec: ComponentSpec,
    private readonly events: ComponentEvents,
  ) {
    this.log = new LogFile(spec.logFile);
  }

  get title(): string {
    return this.spec.title;
  }

  get pid(): number | undefined {
    return this.run?.hasEnded === false ? this.run.child.pid : undefined;
  }

  get logFile(): string {
    return this.spec.logFile;
  }

  /** Resolves when the process is ready; rejects with a StackError that carries its last log lines. */
  start(): Promise<void> {
    return this.inTurn(() => this.launch());
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    return this.inTurn(async () => {
      await this.end(signal);
    });
  }

  restart(): Promise<void> {
    return this.inTurn(async () => {
      await this.end(this.spec.stopSignal);
      this.crashes = 0;
      this.stopped = false;
      this.wake = new AbortController();
      await this.launch();
    });
  }

  stop(): Promise<void> {
    this.stopped = true;
    this.wake.abort();
    return this.inTurn(() => this.end(this.spec.stopSignal));
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async launch(): Promise<void> {
    if (this.stopped || this.pid !== undefined) return;
    const run = this.spawn();
    try {
      await this.untilReady(run);
      const seconds = ((performance.now() - run.startedAt) / 1000).toFixed(1);
      this.events.log(`${this.spec.title} is ready: ${this.spec.where} (process ${this.pid}, ${seconds} s).`);
    } catch (error) {
      await this.end('SIGKILL');
      throw error;
    }
  }

  private spawn(): Run {
    const { command, args, cwd, env } = this.spec;
    const log = this.log.open();
    // A process group of its own: a Ctrl-C in the terminal reaches only us, and we end everything in order.
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', log.descriptor, log.descriptor], detached: true });
    log.close();
    const run: Run = {
      child,
      startedAt: performance.now(),
      expected: false,
      hasEnded: false,
      ended: Promise.resolve(''),
    };
    run.ended = new Promise((resolve) => {
      const settle = (how: string): void => {
        if (run.hasEnded) return;
        run.hasEnded = true;
        resolve(how);
        this.events.onChange();
        if (!run.expected) this.afterCrash(run, how);
      };
      child.once('exit', (code, signal) => settle(signal === null ? `with exit code ${code}` : `by ${signal}`));
      child.once('error', (error) => settle(`because it could not be started (${error.message})`));
    });
    this.run = run;
    this.events.onChange();
    return run;
  }

  private async untilReady(run: Run): Promise<void> {
    const { title, readyWithinMs, ready } = this.spec;
    const deadline = run.startedAt + readyWithinMs;
    let reason = 'no answer';
    // While it starts, an exit is reported from here and nowhere else.
    run.expected = true;
    while (performance.now() < deadline) {
      if (run.hasEnded) throw await this.failure(`${title} ended ${await run.ended} while it was starting`);
      if (this.stopped) throw new StackError(`${title} was stopped while it was starting.`);
      try {
        await ready();
        if (!run.hasEnded) {
          run.expected = false;
          return;
        }
      } catch (error) {
        reason = reasonOf(error);
        await sleep(READY_EVERY_MS);
      }
    }
    throw await this.failure(`${title} was not ready within ${readyWithinMs / 1000} s (${reason})`);
  }

  private async failure(what: string): Promise<StackError> {
    return new StackError(
      `${what}; its last log lines: ${await this.log.lastLines()} (whole log: ${this.spec.logFile}).`,
    );
  }

  private afterCrash(run: Run, how: string): void {
    if (this.stopped) return;
    if (performance.now() - run.startedAt > STABLE_AFTER_MS) this.crashes = 0;
    void this.inTurn(() => this.recover(how));
  }

  private async recover(how: string): Promise<void> {
    for (let reason = `${this.spec.title} ended unexpectedly ${how}`; ;) {
      if (this.stopped || this.pid !== undefined) return;
      this.crashes += 1;
      if (this.crashes > RESTARTS) {
        const error = await this.failure(
          `${reason}, for the ${this.crashes}th time in a row: it is not restarted any more`,
        );
        return this.events.onGivenUp(error);
      }
      const waitMs = FIRST_BACKOFF_MS * 2 ** (this.crashes - 1);
      this.events.log(`${reason}; restarting in ${waitMs / 1000} s (log: ${this.spec.logFile}).`);
      await sleep(waitMs, undefined, { signal: this.wake.signal }).catch(() => undefined);
      try {
        await this.launch();
        return;
      } catch (error) {
        reason = reasonOf(error).replace(/\.$/, '');
      }
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { run } = this;
    if (run === undefined || run.hasEnded) return;
    run.expected = true;
    run.child.kill(signal);
    if (await settledWithin(run.ended, this.spec.stopWithinMs)) return;
    this.events.log(`${this.spec.title} did not end within ${this.spec.stopWithinMs / 1000} s and is killed.`);
    run.child.kill('SIGKILL');
    if (await settledWithin(run.ended, KILLED_WITHIN_MS)) return;
    throw new StackError(`${this.spec.title} (process ${run.child.pid}) cannot be killed; end it by hand.`);
  }
}

async function settledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const settled = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return settled;
}
