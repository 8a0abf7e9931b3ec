import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../errors';
import { selectionOf } from '../graph/vertex-selection';
import { wireEntity } from '../graph/wire-object';
import type { AnswerDependencies } from './answer-question';
import { csvLine } from './csv';
import type { Predicate } from './plan/plan';
import { policyPredicate } from './plan/policy';
import { all } from './plan/predicates';
import type { ReportFormat, ReportSelection } from './reports';
import type { FoundObject, GraphSnapshot } from './run/graph-reader';

export interface ReportFile {
  /** Bytes of the file in pieces; to be read once. */
  readonly content: AsyncIterable<Uint8Array>;
  /** Entities in what was read so far. */
  readonly rows: () => number;
}

interface ReportRequest extends AnswerDependencies {
  readonly signal: AbortSignal;
  /** Called now and then while the file is made. */
  readonly onProgress: (done: { readonly step: string; readonly rows: number }) => void;
}

/** Entities of one read. */
const pageSize = 1_000;
/** A spreadsheet has no more than 16,384. */
const maxColumns = 10_000;

/** Hands the file with all entities of a selection to `use`, at one point in time of the graph, in the order of their ids. */
export async function writeReport<T>(
  asked: { readonly selection: ReportSelection; readonly format: ReportFormat },
  { graph, policies, signal, onProgress }: ReportRequest,
  use: (file: ReportFile) => Promise<T>,
): Promise<T> {
  const { predicate } = selectionOf(asked.selection);
  const seen = all([predicate, ...policies.map((policy) => policyPredicate(policy, 0))]);
  const snapshot = await graph.open({ includeDeleted: false, signal });
  let rows = 0;
  const count = (step: string, page: readonly FoundObject[]): void => {
    rows += page.length;
    onProgress({ step, rows });
  };
  try {
    const columns = asked.format === 'csv' ? await columnsOf(snapshot, seen, (n) => count('finding columns', n)) : [];
    rows = 0;
    const pages = pagesOf(snapshot, seen, (page) => count('writing the file', page));
    const texts = asked.format === 'csv' ? csvOf(columns, pages) : jsonOf(pages);
    return await use({ content: encoded(texts), rows: () => rows });
  } finally {
    await snapshot.close();
  }
}

async function* pagesOf(
  snapshot: GraphSnapshot,
  predicate: Predicate,
  onPage: (page: readonly FoundObject[]) => void,
): AsyncIterable<readonly FoundObject[]> {
  for await (const page of snapshot.entities({ predicate, wanted: 'all', pageSize })) {
    yield page;
    onPage(page);
  }
}

/** Identity first, then properties by name, then the rest of the metadata. */
async function columnsOf(
  snapshot: GraphSnapshot,
  predicate: Predicate,
  onPage: (page: readonly FoundObject[]) => void,
): Promise<readonly string[]> {
  const names = new Set<string>();
  for await (const page of pagesOf(snapshot, predicate, onPage)) {
    for (const { properties } of page) for (const name of Object.keys(properties)) names.add(name);
    if (names.size > maxColumns) throw tooManyColumns();
  }
  const isMetadata = (name: string): boolean => name.startsWith('_');
  const others = [...names].filter((name) => !identity.includes(name)).toSorted(byText);
  return [...identity, ...others.filter((name) => !isMetadata(name)), ...others.filter(isMetadata)];
}

const identity = ['_key', '_type', '_class', 'displayName'];

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

const tooManyColumns = (): DomainError =>
  new DomainError(
    ErrorCode.queryTooLarge,
    `The entities of this report have more than ${maxColumns} different properties. Select fewer types, or build JSON.`,
  );

async function* csvOf(columns: readonly string[], pages: AsyncIterable<readonly FoundObject[]>): AsyncIterable<string> {
  yield csvLine(columns);
  for await (const page of pages) {
    yield page.map(({ properties }) => csvLine(cellsOf(columns, properties))).join('');
  }
}

function cellsOf(columns: readonly string[], flat: FoundObject['properties']): readonly unknown[] {
  const { entity, properties } = wireEntity(flat);
  return columns.map((name) => {
    if (Object.hasOwn(properties, name)) return properties[name];
    const value = entity[name];
    // One type or class is plain text, as uploads take it.
    return (name === '_type' || name === '_class') && Array.isArray(value) && value.length === 1
      ? (value as unknown[])[0]
      : value;
  });
}

/** An array with an element a line, so that it can be read line by line. */
async function* jsonOf(pages: AsyncIterable<readonly FoundObject[]>): AsyncIterable<string> {
  let separator = '[\n';
  for await (const page of pages) {
    const lines = page.map(({ properties }) => JSON.stringify(wireEntity(properties)));
    yield separator + lines.join(',\n');
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

async function* encoded(texts: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const text of texts) yield encoder.encode(text);
}
