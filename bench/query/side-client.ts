import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SideCalls, SideStart } from './side-process';

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** A side in its process, from outside. */
export class SideClient {
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(err: Error): void }>();
  private lastId = 0;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    private readonly gone: Promise<unknown>,
  ) {
    child.on('message', ({ id, result, error }: Reply) => {
      const call = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(new Error(`${name}: ${error}`));
    });
    void gone.then(() => {
      for (const call of this.waiting.values()) call.reject(new Error(`${name} has ended`));
    });
  }

  /** @param execArgv options of Node, such as `--cpu-prof` */
  static async start(start: SideStart, execArgv: readonly string[]): Promise<SideClient> {
    const child = fork(join(__dirname, 'side-process.js'), [], { execArgv: [...execArgv] });
    const gone = once(child, 'exit');
    child.send(start);
    await Promise.race([
      once(child, 'message'),
      gone.then(() => {
        throw new Error(`${start.name} ended before it was ready`);
      }),
    ]);
    return new SideClient(start.name, child, gone);
  }

  async call<C extends keyof SideCalls>(
    call: C,
    ...[request]: Parameters<SideCalls[C]>
  ): Promise<Awaited<ReturnType<SideCalls[C]>>> {
    const id = ++this.lastId;
    const answered = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.child.send({ id, call, request });
    return (await answered) as Awaited<ReturnType<SideCalls[C]>>;
  }

  async stop(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    await this.gone;
  }
}
