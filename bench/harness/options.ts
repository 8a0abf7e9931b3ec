import { parseArgs } from 'node:util';

const sizes = { '10k': 10_000, '100k': 100_000, '1m': 1_000_000, '5m': 5_000_000 } as const;
export type SizeName = keyof typeof sizes;

export interface BenchOptions {
  readonly sizes: readonly { readonly name: SizeName; readonly entities: number; readonly pairs: number }[];
  /** Names of the cases to run, in their order; all if none is named. */
  readonly cases: readonly string[];
  /** Where the JSON goes instead of `bench/results/`. */
  readonly json: string | undefined;
  readonly nodeOptions: readonly string[];
}

export const usage = `npm run bench -- [--size 10k|100k|1m|5m|all] [--case name]… [--pairs n] [--json file] [--node-option o]…`;

const pairsOf: Readonly<Record<SizeName, number>> = { '10k': 5, '100k': 3, '1m': 1, '5m': 1 };

/** @throws Error with a sentence that says what is allowed. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      size: { type: 'string', default: '10k' },
      case: { type: 'string', multiple: true, default: [] },
      pairs: { type: 'string' },
      json: { type: 'string' },
      'node-option': { type: 'string', multiple: true, default: [] },
    },
  });
  const names = Object.keys(sizes).filter((name): name is SizeName =>
    values.size === 'all' ? name !== '5m' : values.size === name,
  );
  if (names.length === 0) throw new Error(`--size ${values.size} is none of ${Object.keys(sizes).join(', ')}, all.`);
  const pairs = values.pairs === undefined ? undefined : Number(values.pairs);
  if (pairs !== undefined && !(Number.isInteger(pairs) && pairs > 0)) {
    throw new Error(`--pairs ${values.pairs ?? ''} is not a whole number above 0.`);
  }
  return {
    sizes: names.map((name) => ({ name, entities: sizes[name], pairs: pairs ?? pairsOf[name] })),
    cases: values.case,
    json: values.json,
    nodeOptions: values['node-option'],
  };
}
