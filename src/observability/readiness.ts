export interface ReadinessReport {
  readonly ready: boolean;
  /** One word per dependency; why it fails is in the log, not here. */
  readonly checks: Readonly<Record<string, 'ok' | 'failing' | 'timeout'>>;
  readonly draining: boolean;
}

export interface Readiness {
  check(): Promise<ReadinessReport>;
  /** From now on the process says that it wants no new work. */
  drain(): void;
}

export interface ReadinessOptions {
  /** Each resolves when the dependency answers. */
  readonly checks: Readonly<Record<string, () => Promise<unknown>>>;
  /** Shown beside them, but the process is of use without them. */
  readonly advisory?: Readonly<Record<string, () => Promise<unknown>>>;
  readonly timeoutMs?: number;
  readonly onFailure?: (name: string, err: unknown) => void;
}

const timedOut = Symbol('timed out');

/** Asks all dependencies side by side. Callers that come while a round is under way share its answer. */
export function createReadiness({ checks, advisory = {}, timeoutMs = 2000, onFailure }: ReadinessOptions): Readiness {
  let draining = false;
  let round: Promise<ReadinessReport['checks']> | undefined;

  async function ask([name, check]: [string, () => Promise<unknown>]): Promise<[string, 'ok' | 'failing' | 'timeout']> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<typeof timedOut>((resolve) => {
      timer = setTimeout(() => resolve(timedOut), timeoutMs);
    });
    try {
      if ((await Promise.race([check(), timeout])) !== timedOut) return [name, 'ok'];
      onFailure?.(name, new Error(`no answer within ${String(timeoutMs)} ms`));
      return [name, 'timeout'];
    } catch (err) {
      onFailure?.(name, err);
      return [name, 'failing'];
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async check() {
      round ??= Promise.all(Object.entries({ ...checks, ...advisory }).map(ask))
        .then((answers) => Object.fromEntries(answers))
        .finally(() => (round = undefined));
      const answers = await round;
      return {
        ready: !draining && Object.keys(checks).every((name) => answers[name] === 'ok'),
        checks: answers,
        draining,
      };
    },
    drain() {
      draining = true;
    },
  };
}
