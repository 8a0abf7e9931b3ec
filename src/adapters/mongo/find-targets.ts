import type { Binary, ClientSession, Document, Filter } from 'mongodb';
import { mapperSource } from '../../domain/mapping/mapper-objects';
import type { TargetFilter } from '../../domain/mapping/target-filter';
import { TargetSearch } from '../../domain/mapping/target-search';
import type { GraphDocument } from './collections';
import type { Database } from './database';
import { entityOrders } from './indexes';
import { encodePropertyName } from './property-names';

export interface Target {
  readonly id: Binary;
  readonly key: string;
  readonly ofMapper: boolean;
}

/** Matches of one mapped relationship; more are an error of that relationship. */
export const maxMatches = 1_000;

export const toTarget = ({ _id, _key, _source }: GraphDocument): Target => ({
  id: _id,
  key: _key,
  ofMapper: _source === mapperSource,
});

/**
 * Live entities of the account, whichever scope they are in, for each list of alternatives: those of the first alternative that has
 * any. Alternatives over the same names are looked up together, by the index on `_key`, `_type` or `_class` if one of these is among
 * the names; without it by reading all entities of the account.
 */
export async function findTargets(
  database: Database,
  request: {
    readonly account: string;
    readonly alternatives: readonly (readonly TargetFilter[])[];
    readonly session: ClientSession;
  },
): Promise<readonly (readonly Target[])[]> {
  const { alternatives } = request;
  const found: (readonly Target[])[] = alternatives.map(() => []);
  const rounds = Math.max(0, ...alternatives.map(({ length }) => length));
  for (let round = 0; round < rounds; round++) {
    const open = alternatives.flatMap((filters, number) => {
      const filter = filters[round];
      return filter && found[number]?.length === 0 ? [{ number, filter }] : [];
    });
    const byNames = Map.groupBy(open, ({ filter }) => filter.map(({ name }) => name).join('\n'));
    for (const group of byNames.values()) {
      const search = new TargetSearch<Target>(
        group.map(({ filter }) => filter),
        maxMatches,
      );
      await offerCandidates(database, { ...request, filters: group.map(({ filter }) => filter), search });
      group.forEach(({ number }, i) => {
        found[number] = search.matchesOf(i);
      });
    }
  }
  return found;
}

/** Offers every entity that has one of the wanted values under each name: all matches, and perhaps some more. */
async function offerCandidates(
  database: Database,
  request: {
    readonly account: string;
    readonly filters: readonly TargetFilter[];
    readonly search: TargetSearch<Target>;
    readonly session: ClientSession;
  },
): Promise<void> {
  const { account, filters, search, session } = request;
  const names = filters[0]?.map(({ name }) => name) ?? [];
  const query: Document = { _accountId: account, _deleted: false };
  const projection: Record<string, 1> = { _id: 1, _key: 1, _source: 1 };
  names.forEach((name, at) => {
    query[encodePropertyName(name)] = { $in: [...new Set(filters.flatMap((filter) => filter[at]?.wanted ?? []))] };
    projection[encodePropertyName(name)] = 1;
  });
  const indexed = (['key', 'type', 'class'] as const).find((order) => names.includes(`_${order}`));
  const candidates = database.collections.entities.find(query as Filter<GraphDocument>, {
    session,
    projection,
    ...(indexed !== undefined && { hint: entityOrders[indexed] }),
  });
  for await (const document of candidates) {
    search.offer({ target: toTarget(document), property: (name) => document[encodePropertyName(name)] });
  }
}
