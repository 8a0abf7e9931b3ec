import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../errors';
import type { WireEntity } from '../graph/wire-object';

/** A spreadsheet has no more than 16,384. */
const maxColumns = 10_000;

const identity = ['_key', '_type', '_class', 'displayName'];

/** Names of columns as they are met in rows. @throws DomainError QUERY_TOO_LARGE */
export async function namesIn<Row>(
  pages: AsyncIterable<readonly Row[]>,
  namesOf: (row: Row) => readonly string[],
): Promise<readonly string[]> {
  const names = new Set<string>();
  for await (const page of pages) {
    for (const row of page) {
      for (const name of namesOf(row)) names.add(name);
      if (names.size > maxColumns) throw tooManyColumns();
    }
  }
  return [...names];
}

/** Properties of entities: identity first, then properties by name, then the rest of the metadata. */
export function entityColumns(names: readonly string[]): readonly string[] {
  const isMetadata = (name: string): boolean => name.startsWith('_');
  const others = names.filter((name) => !identity.includes(name)).toSorted(byText);
  return [...identity, ...others.filter((name) => !isMetadata(name)), ...others.filter(isMetadata)];
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

const tooManyColumns = (): DomainError =>
  new DomainError(
    ErrorCode.queryTooLarge,
    `The file would have more than ${maxColumns} columns. Select fewer types or return fewer properties, or take JSON.`,
  );

/** Cells of a whole entity. */
export function entityCells(columns: readonly string[], { entity, properties }: WireEntity): readonly unknown[] {
  return columns.map((name) => {
    if (Object.hasOwn(properties, name)) return properties[name];
    const value = entity[name];
    // One type or class is plain text, as uploads take it.
    return (name === '_type' || name === '_class') && Array.isArray(value) && value.length === 1
      ? (value as unknown[])[0]
      : value;
  });
}
