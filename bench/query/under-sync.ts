import type { Row } from '../harness/bench';
import { percentile } from '../harness/measure';
import type { SyncClient } from '../harness/sync-client';
import type { SideClient } from './side-client';
import { syncGraph } from './product-graph';
import type { GraphSize } from './graph';
import type { QuestionShape } from './questions';

const shapes: readonly QuestionShape[] = [
  { kind: 'hops', depth: 1 },
  { kind: 'hops', depth: 2 },
  { kind: 'hops', depth: 3 },
];
/** Questions between two looks whether the job has ended. */
const atOnce = 200;

/**
 * The hops over HTTP while a job changes an entity of a hundred, against the same with nothing else to do: uploads, plan and writes,
 * from the first byte until the job has ended.
 */
export async function measureUnderSync(run: {
  readonly api: SyncClient;
  readonly http: SideClient;
  readonly size: GraphSize;
  readonly clients: readonly number[];
  readonly pairs: number;
  readonly questions: number;
  readonly log: (line: string) => void;
}): Promise<readonly Row[]> {
  const { api, http, size, pairs, log } = run;
  const rows: Row[] = [];
  let variant: 0 | 1 = 0;
  for (const clients of run.clients) {
    const idle = shapes.map(() => [] as number[]);
    const busy = shapes.map(() => [] as number[]);
    const ratios = shapes.map(() => [] as number[]);
    const ask = async (into: number[][], from: number, count: number): Promise<void> => {
      for (const [at, shape] of shapes.entries()) {
        const { ms } = await http.call('measure', { shape, from, count, clients, maxMs: 60_000 });
        into[at]?.push(...ms);
      }
    };
    for (let pair = 0; pair < pairs; pair++) {
      const idleNow = shapes.map(() => [] as number[]);
      const busyNow = shapes.map(() => [] as number[]);
      await ask(idleNow, 2_000_000, atOnce);
      idleNow.forEach((ms) => (ms.length = 0));
      await ask(idleNow, pair * run.questions, Math.max(atOnce, Math.ceil(run.questions / pairs)));
      variant = variant === 0 ? 1 : 0;
      let isDone = false;
      const job = syncGraph(api, size, variant).finally(() => (isDone = true));
      for (let from = pair * run.questions; !isDone; from += atOnce) await ask(busyNow, from, atOnce);
      const { uploadMs, finalizeMs, job: document } = await job;
      log(
        `  ${clients} client(s), pair ${pair + 1}: ${document.numEntitiesUpdated} entities updated, upload ` +
          `${Math.round(uploadMs)} ms, finalize ${Math.round(finalizeMs)} ms, ${busyNow[0]?.length ?? 0} questions of each`,
      );
      shapes.forEach((_, at) => {
        const [still, moving] = [idleNow[at] ?? [], busyNow[at] ?? []];
        idle[at]?.push(...still);
        busy[at]?.push(...moving);
        ratios[at]?.push(percentile(moving, 0.99) / percentile(still, 0.99));
      });
    }
    shapes.forEach((shape, at) => {
      const depth = shape.kind === 'hops' ? shape.depth : 0;
      const ratio = percentile(ratios[at] ?? [], 0.5);
      rows.push({
        name: `p99 of ${depth} ${depth === 1 ? 'hop' : 'hops'} over HTTP while a 1 % sync runs, against idle, ${clients} client(s)`,
        unit: 'ms',
        ours: percentile(busy[at] ?? [], 0.99),
        theirs: percentile(idle[at] ?? [], 0.99),
        ratio,
        ratios: ratios[at] ?? [],
        target: { text: '≤ 2 ×', isMet: ratio <= 2 },
      });
    });
  }
  // Whoever uses this data again expects what the generator says.
  if (variant === 1) await syncGraph(api, size, 0);
  return rows;
}
