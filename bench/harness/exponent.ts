import type { Row } from './bench';

export interface SizedRows {
  readonly entities: number;
  readonly rows: readonly Row[];
}

/** Times that grow with the number of entities; others have a fixed amount of work. */
const growing = /finalize → FINISHED|first upload byte|delete everything/;
const mostAllowed = 1.05;

/** Fits time = a · size^b through all sizes of one run; b tells whether something grows faster than the data. */
export function exponents(results: readonly SizedRows[]): readonly Row[] {
  const names = new Set(
    results.flatMap(({ rows }) => rows.map(({ name }) => name)).filter((name) => growing.test(name)),
  );
  return [...names].flatMap((name) => {
    const points = results.flatMap(({ entities, rows }) => {
      const row = rows.find((candidate) => candidate.name === name && candidate.unit === 'ms');
      return row ? [{ x: Math.log(entities), y: Math.log(row.ours) }] : [];
    });
    if (points.length < 2) return [];
    const mean = (of: (point: { x: number; y: number }) => number) =>
      points.reduce((sum, point) => sum + of(point), 0) / points.length;
    const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
    const ours = mean((point) => (point.x - x) * (point.y - y)) / mean((point) => (point.x - x) ** 2);
    const target = { text: `≤ ${mostAllowed}`, isMet: ours <= mostAllowed };
    return [{ name: `exponent of time with size: ${name}`, unit: 'b of a·n^b', ours, target }];
  });
}
