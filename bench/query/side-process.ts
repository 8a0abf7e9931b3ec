import { cpuSeconds, peakResidentMiB } from '../harness/measure';
import { questionAt, type Answer, type QuestionShape } from './questions';
import { makeSide } from './sides';
import type { Side, SideOptions } from './sides/side';

export interface MeasureRequest {
  readonly shape: QuestionShape;
  /** Number of the first question, and of how many there are. */
  readonly from: number;
  readonly count: number;
  /** Clients that take one question after the other. */
  readonly clients: number;
  /** No question is asked after so many milliseconds, but each client asks at least one. */
  readonly maxMs: number;
}

export interface Measured {
  /** Milliseconds of each question. */
  readonly ms: readonly number[];
  readonly wallMs: number;
  readonly rows: number;
  /** Of this process and all that work for the side. */
  readonly cpuSeconds: number;
}

interface Calls {
  load(): Promise<null>;
  measure(request: MeasureRequest): Promise<Measured>;
  answer(request: { readonly shape: QuestionShape; readonly number: number }): Promise<Answer>;
  peakMiB(): Promise<number>;
}

export type SideCalls = { readonly [C in keyof Calls]: Calls[C] };

/** What the parent sends: the first message makes the side, each further one is a call. */
export interface SideStart {
  readonly name: string;
  readonly options: SideOptions;
  /** Processes of others that work for the side, such as mongod. */
  readonly servers: readonly number[];
}

function callsOf(side: Side, { options, servers }: SideStart): SideCalls {
  const pids = [process.pid, ...side.pids, ...servers];
  const cpu = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  return {
    async load() {
      await side.load((line) => process.stdout.write(`  ${line}\n`));
      return null;
    },
    async measure({ shape, from, count, clients, maxMs }) {
      const ms: number[] = [];
      let rows = 0;
      let next = 0;
      const cpuBefore = cpu();
      const began = performance.now();
      const client = async (lane: number): Promise<void> => {
        do {
          const question = questionAt(options.size, shape, from + next++);
          const asked = performance.now();
          const answer = await side.answer(question, lane);
          ms.push(performance.now() - asked);
          rows += answer.length;
        } while (next < count && performance.now() - began < maxMs);
      };
      await Promise.all(Array.from({ length: clients }, (_, lane) => client(lane)));
      return { ms, rows, wallMs: performance.now() - began, cpuSeconds: cpu() - cpuBefore };
    },
    answer: async ({ shape, number }) => await side.answer(questionAt(options.size, shape, number), 0),
    // Servers that others use as well are not this side's memory.
    peakMiB: async () => [process.pid, ...side.pids].reduce((sum, pid) => sum + peakResidentMiB(pid), 0),
  };
}

interface Call {
  readonly id: number;
  readonly call: keyof SideCalls;
  readonly request: never;
}

async function serve(start: SideStart): Promise<void> {
  const side = await makeSide(start.name, start.options);
  const calls = callsOf(side, start);
  process.on('message', ({ id, call, request }: Call) => {
    const answered = calls[call](request);
    answered.then(
      (result) => process.send?.({ id, result }),
      (err: unknown) => process.send?.({ id, error: err instanceof Error ? (err.stack ?? err.message) : String(err) }),
    );
  });
  process.once('disconnect', () => {
    void side.close().finally(() => {
      process.exit();
    });
  });
  process.send?.('ready');
}

process.once('message', (start: SideStart) => {
  serve(start).catch((err: unknown) => {
    process.stderr.write(`${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n`);
    process.exit(1);
  });
});
