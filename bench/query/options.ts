import { parseArgs } from 'node:util';
import type { GraphSize } from './graph';

const sizes = { '10k': 10_000, '100k': 100_000, '1m': 1_000_000 } as const;

export const usage =
  'npm run bench:query -- [--size 10k|100k|1m] [--hubs percent] [--case name]… [--side name]… [--clients 1,8] [--pairs n] ' +
  '[--questions n] [--data folder] [--json file] [--node-option o]… [--side-option o]…';

export interface QueryBenchOptions {
  readonly sizeName: keyof typeof sizes;
  readonly size: GraphSize;
  readonly hubPercent: number;
  /** All if none is named. */
  readonly cases: readonly string[];
  readonly sides: readonly string[];
  readonly clients: readonly number[];
  readonly pairs: number;
  /** Random keys of each case, all pairs together. */
  readonly questions: number;
  /** Kept afterwards, and used again if it holds this graph. */
  readonly dataFolder: string | undefined;
  /** Where the JSON goes instead of `bench/results/`. */
  readonly json: string | undefined;
  /** For API and worker. */
  readonly nodeOptions: readonly string[];
  /** For the processes of the sides, such as `--cpu-prof`. */
  readonly sideOptions: readonly string[];
}

/** @throws Error with a sentence that says what is allowed. */
export function readOptions(args: readonly string[]): QueryBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      size: { type: 'string', default: '10k' },
      hubs: { type: 'string', default: '0' },
      case: { type: 'string', multiple: true, default: [] },
      side: { type: 'string', multiple: true, default: [] },
      clients: { type: 'string', default: '1,8' },
      pairs: { type: 'string', default: '5' },
      questions: { type: 'string' },
      data: { type: 'string' },
      json: { type: 'string' },
      'node-option': { type: 'string', multiple: true, default: [] },
      'side-option': { type: 'string', multiple: true, default: [] },
    },
  });
  const sizeName = Object.keys(sizes).find((name): name is keyof typeof sizes => name === values.size);
  if (!sizeName) throw new Error(`--size ${values.size} is none of ${Object.keys(sizes).join(', ')}.`);
  const hubPercent = Number(values.hubs);
  if (!(hubPercent >= 0 && hubPercent <= 10)) throw new Error(`--hubs ${values.hubs} is not a number from 0 to 10.`);
  return {
    sizeName,
    size: { entities: sizes[sizeName], hubEvery: hubPercent === 0 ? 0 : Math.round(100 / hubPercent) },
    hubPercent,
    cases: values.case,
    sides: values.side,
    clients: values.clients.split(',').map((text) => wholeNumber('--clients', text)),
    pairs: wholeNumber('--pairs', values.pairs),
    questions: wholeNumber('--questions', values.questions ?? (sizeName === '10k' ? '1000' : '10000')),
    dataFolder: values.data,
    json: values.json,
    nodeOptions: values['node-option'],
    sideOptions: values['side-option'],
  };
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${option} ${text} is not a whole number above 0.`);
}
