import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import type { Db } from 'mongodb';
import type { Row } from './bench';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly mongod: string;
  readonly mongoCacheGB: string;
  readonly temporal: string;
  /** Load of the minute before: other work on the machine shows here. */
  readonly loadBefore: number;
}

export async function describeMachine(db: Db, temporalBinary: string, loadBefore: number): Promise<Machine> {
  const { version } = await db.admin().serverInfo();
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    mongod: String(version),
    mongoCacheGB: process.env.PERIJOVE_MONGO_CACHE_GB ?? '1',
    temporal: execFileSync(temporalBinary, ['--version'], { encoding: 'utf8' }).trim(),
    loadBefore,
  };
}

/** Markdown, so that it can go into the documentation as it is. */
export function table(rows: readonly Row[]): string {
  const number = (value: number | undefined): string => {
    if (value === undefined) return '–';
    if (value >= 100 || Number.isInteger(value)) return value.toFixed(0);
    return value >= 10 ? value.toFixed(1) : value.toFixed(2);
  };
  const spread = ({ ratio, ratios = [] }: Row): string => {
    if (ratio === undefined) return '–';
    if (ratios.length < 2) return number(ratio);
    return `${number(ratio)} (${number(Math.min(...ratios))}–${number(Math.max(...ratios))})`;
  };
  const cells = rows.map((row) => [
    row.note === undefined ? row.name : `${row.name} (${row.note})`,
    row.unit,
    number(row.ours),
    number(row.theirs),
    spread(row),
    row.target?.text ?? '–',
    row.target ? (row.target.isMet ? 'yes' : 'NO') : '–',
  ]);
  const all = [['measure', 'unit', 'Perijove', 'other side', 'ratio', 'target', 'met'], ...cells];
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  const [head = [], ...rest] = all;
  return [line(head), line(head.map(() => '---')), ...rest.map(line)].join('\n');
}
