import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface Child {
  readonly pid: number;
  /** First message of the child: it is ready, and this is what it has to say. */
  readonly hello: unknown;
  stop(): Promise<void>;
}

/** Another side that runs in a process of its own; it ends when its channel closes. */
export async function startChild(script: string, args: readonly string[]): Promise<Child> {
  const child = fork(script, [...args]);
  const gone = once(child, 'exit');
  const [hello] = (await Promise.race([
    once(child, 'message'),
    gone.then(() => {
      throw new Error(`${script} ended before it was ready`);
    }),
  ])) as [unknown];
  return {
    pid: child.pid ?? 0,
    hello,
    stop: async () => {
      child.disconnect();
      await gone;
    },
  };
}
