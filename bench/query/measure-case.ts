import type { Row } from '../harness/bench';
import { median, percentile } from '../harness/measure';
import type { QueryCase, SideName } from './cases';
import type { SideClient } from './side-client';
import type { Truth } from './truth';
import { questionAt } from './questions';
import type { GraphSize } from './graph';

export interface CaseRun {
  readonly size: GraphSize;
  readonly truth: Truth;
  readonly sides: ReadonlyMap<SideName, SideClient>;
  readonly clients: readonly number[];
  readonly pairs: number;
  readonly questions: number;
  readonly log: (line: string) => void;
}

/** All that was measured of one side, for the results file. */
export interface SideFigures {
  readonly case: string;
  readonly side: SideName;
  readonly clients: number;
  readonly p50: number;
  readonly p99: number;
  /** Of each pair. */
  readonly medians: readonly number[];
  readonly questions: number;
  readonly perSecond: number;
  readonly rowsEach: number;
  /** Of all processes that work for it. */
  readonly cpuMsEach: number;
}

/** Answers that are compared with the truth before any is timed. */
const checked = 50;
/** Of one side in one pair: questions about the whole graph, which are few, may take seconds. */
const mostMs = 20_000;
const aboutTheWhole = 100;
const keysOfEach = 10_000_000;
const warmUpMs = 2_000;
const warmUp = 200;

export async function measureCase(wanted: QueryCase, run: CaseRun): Promise<readonly SideFigures[]> {
  const { size, truth, log } = run;
  const sides = wanted.sides.flatMap((name) => {
    const side = run.sides.get(name);
    return side ? [{ name, side }] : [];
  });
  const aboutKeys = 'key' in questionAt(size, wanted.shape, 0);
  for (const { name, side } of sides) {
    for (let number = 0; number < (aboutKeys ? checked : 1); number++) {
      truth.check(
        name,
        questionAt(size, wanted.shape, number),
        await side.call('answer', { shape: wanted.shape, number }),
      );
    }
  }
  const figures: SideFigures[] = [];
  for (const clients of wanted.clients ?? run.clients) {
    const taken = new Map(
      sides.map(({ name }) => [name, { ms: [] as number[], medians: [] as number[], wall: 0, rows: 0, cpu: 0 }]),
    );
    const count = Math.ceil((aboutKeys ? run.questions : Math.min(aboutTheWhole, run.questions)) / run.pairs);
    for (let pair = 0; pair < run.pairs; pair++) {
      for (const { name, side } of sides) {
        const request = { shape: wanted.shape, clients };
        // Other keys than those that count, and others for each number of clients, so that nobody has just seen them.
        if (pair === 0) await side.call('measure', { ...request, from: 1_000_000, count: warmUp, maxMs: warmUpMs });
        const got = await side.call('measure', {
          ...request,
          from: clients * keysOfEach + pair * count,
          count,
          maxMs: mostMs,
        });
        const sums = taken.get(name);
        if (!sums) continue;
        for (const ms of got.ms) sums.ms.push(ms);
        sums.medians.push(median(got.ms));
        sums.wall += got.wallMs;
        sums.rows += got.rows;
        sums.cpu += got.cpuSeconds;
      }
    }
    for (const [side, { ms, medians, wall, rows, cpu }] of taken) {
      const of: SideFigures = {
        case: wanted.name,
        side,
        clients,
        p50: percentile(ms, 0.5),
        p99: percentile(ms, 0.99),
        medians,
        questions: ms.length,
        perSecond: (ms.length * 1_000) / wall,
        rowsEach: rows / ms.length,
        cpuMsEach: (cpu * 1_000) / ms.length,
      };
      figures.push(of);
      log(
        `  ${side}, ${clients} client(s): p50 ${of.p50.toFixed(2)} ms, p99 ${of.p99.toFixed(2)} ms, ` +
          `${of.perSecond.toFixed(0)}/s, ${of.cpuMsEach.toFixed(2)} ms of CPU each`,
      );
    }
  }
  return figures;
}

const shown: Readonly<Record<SideName, string>> = {
  engine: 'engine',
  stored: 'engine, no copy',
  http: 'HTTP',
  neo4j: 'Neo4j',
  kuzu: 'Kuzu',
  duckdb: 'DuckDB',
  mongo: 'MongoDB by the driver',
  batched: '$in for each hop',
  graphLookup: '$graphLookup',
  lookupEdges: '$lookup of ids',
};

/** Rows of the table: one for each comparison and number of clients. */
export function rowsOf(wanted: QueryCase, figures: readonly SideFigures[]): readonly Row[] {
  const rows: Row[] = [];
  for (const clients of new Set(figures.map((of) => of.clients))) {
    const of = (side: SideName) => figures.find((figure) => figure.side === side && figure.clients === clients);
    const name = `${wanted.title}, ${clients === 1 ? '1 client' : `${clients} clients`}`;
    for (const { ours, theirs, atLeast, atMost } of wanted.comparisons) {
      const [our, their] = [of(ours), of(theirs)];
      if (!our || !their) continue;
      const ratios = our.medians.map((ms, pair) => {
        const other = their.medians[pair] ?? Number.NaN;
        return atMost === undefined ? other / ms : ms / other;
      });
      const ratio = median(ratios);
      const target =
        atLeast !== undefined
          ? { text: `≥ ${atLeast} × faster`, isMet: ratio >= atLeast }
          : atMost !== undefined
            ? { text: `≤ ${atMost} × its time`, isMet: ratio <= atMost }
            : undefined;
      rows.push({
        name: `${name}: ${shown[ours]} against ${shown[theirs]}`,
        unit: 'ms',
        ours: our.p50,
        theirs: their.p50,
        ratio,
        ratios,
        note: `p99 ${our.p99.toPrecision(3)} and ${their.p99.toPrecision(3)}`,
        ...(target && { target }),
      });
    }
    const limited = wanted.limit && of(wanted.limit.ours);
    if (!wanted.limit || !limited) continue;
    rows.push({
      name: `${name}: ${shown[limited.side]}`,
      unit: 'ms',
      ours: limited.p50,
      target: { text: `≤ ${wanted.limit.ms} ms`, isMet: limited.p50 <= wanted.limit.ms },
    });
  }
  return rows;
}
