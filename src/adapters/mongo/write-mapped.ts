import type { Binary, ClientSession } from 'mongodb';
import { SyncMode } from '../../contracts/sync-job';
import { decideChange } from '../../domain/graph/decide-change';
import type { ObjectKind } from '../../domain/graph/identity';
import type { ObjectContent } from '../../domain/graph/object-content';
import { defaultTargetKey, generatedKey, MapperIds, mapperScope } from '../../domain/mapping/mapper-objects';
import type { TargetFilter } from '../../domain/mapping/target-filter';
import { TargetMerge } from '../../domain/mapping/target-merge';
import type { WriteOf } from './write-of';
import { sha1 } from '../digest';
import type { ChunkBuilder } from './chunk-builder';
import type { Database } from './database';
import { endGenerated } from './end-mappings';
import { toTarget, type Target } from './find-targets';
import { buildDocument, readState } from './graph-document';
import { idFromText, idToText } from './packed-ids';
import { touchForeignEnds } from './relationship-ends';
import { endedVersion, writeDocuments, type WrittenDocuments } from './write-changes';
import type { Evaluation, Made } from './write-mappings';

type Resolved = Evaluation & { readonly matches: readonly Target[]; readonly filter: TargetFilter };

interface MappedRequest {
  readonly of: WriteOf;
  readonly chunk: ChunkBuilder;
  readonly session: ClientSession;
  readonly resolved: readonly Resolved[];
}

/** Writes targets and relationships of evaluated contributors, and ends those of their relationships that are no longer meant. */
export async function writeMapped(database: Database, request: MappedRequest): Promise<readonly Made[]> {
  const { of, chunk, resolved } = request;
  const ids = new MapperIds(sha1, of.by.scope.account);
  const stand = resolved.map(({ matches, filter, next }) =>
    matches.length === 0 && !next.mapping.skipTargetCreation ? ids.target(filter) : undefined,
  );
  const created = await createTargets(database, request, stand);
  const wanted: Wanted[] = [];
  const made = resolved.map((evaluation, i): Made => {
    const standIn = created.get(stand[i] ?? '');
    const targets = standIn ? [standIn.target] : evaluation.matches;
    const relationshipIds = targets.map((target) => {
      const relationship = relationshipTo(evaluation, target, ids);
      wanted.push(relationship);
      return relationship.id;
    });
    const owned = evaluation.next.mapping.skipTargetCreation ? [] : targets.filter(({ ofMapper }) => ofMapper);
    const targetIds = owned.map(({ id }) => id);
    return { evaluation, relationshipIds, targetIds, joined: standIn?.isNew ? [] : targetIds };
  });
  const kept = new Set(wanted.map(({ id }) => idToText(id)));
  const before = resolved.flatMap(({ live }) => live?.relationshipIds ?? []);
  const left = before.filter((id) => !kept.has(idToText(id)));
  chunk.add('numMappedRelationshipsDeleted', await endGenerated(database, request, left));
  const counts = await writeWanted(database, request, 'relationship', wanted);
  chunk.add('numMappedRelationshipsCreated', counts.created);
  chunk.add('numMappedRelationshipsUpdated', counts.updated);
  return made;
}

/** An object of the mapper as it shall be. */
interface Wanted {
  readonly id: Binary;
  readonly key: string;
  readonly content: ObjectContent;
  readonly ends?: { readonly fromId: string; readonly toId: string };
  readonly endKeys?: { readonly from: string; readonly to: string };
  /** An end that a job of another scope may delete at this moment, without a turn of the mapper. */
  readonly foreign?: readonly Binary[];
}

function relationshipTo({ id, next, source }: Resolved, target: Target, ids: MapperIds): Wanted {
  const { mapping, type, classes, properties } = next;
  const key = generatedKey(id, mapping.relationshipDirection, idToText(target.id));
  const [from, to] = mapping.relationshipDirection === 'FORWARD' ? [source, target] : [target, source];
  return {
    id: idFromText(ids.relationship(key)),
    key,
    content: { key, type, classes, properties },
    ends: { fromId: idToText(from.id), toId: idToText(to.id) },
    endKeys: { from: from.key, to: to.key },
    foreign: target.ofMapper ? [] : [target.id],
  };
}

/** Targets of contributors that match nothing, by id. One that lives already, only no longer looks like it, is used as it is. */
async function createTargets(
  database: Database,
  request: MappedRequest,
  stand: readonly (string | undefined)[],
): Promise<ReadonlyMap<string, { readonly target: Target; readonly isNew: boolean }>> {
  const { of, session, resolved } = request;
  const merges = new Map<string, TargetMerge>();
  stand.forEach((id, i) => {
    const evaluation = resolved[i];
    if (id === undefined || !evaluation) return;
    const merge = merges.get(id) ?? new TargetMerge();
    merges.set(id, merge);
    const { targetEntity } = evaluation.next.mapping;
    merge.add({ contributor: evaluation.id, at: of.by.at, targetEntity });
  });
  const targets = new Map<string, { target: Target; isNew: boolean }>();
  if (merges.size === 0) return targets;
  const present = database.collections.entities.find(
    { _id: { $in: [...merges.keys()].map(idFromText) }, _accountId: of.by.scope.account, _deleted: false },
    { session, hint: { _id: 1 } },
  );
  for await (const document of present) {
    targets.set(idToText(document._id), { target: toTarget(document), isNew: false });
  }
  const wanted = [...merges]
    .filter(([id]) => !targets.has(id))
    .map(([text, merge]): Wanted => {
      const content = merge.content();
      return { id: idFromText(text), key: content.key ?? defaultTargetKey(text), content };
    });
  const { keys } = await writeWanted(database, request, 'entity', wanted);
  for (const { id, key } of wanted) {
    const text = idToText(id);
    targets.set(text, { target: { id, key: keys.get(text) ?? key, ofMapper: true }, isNew: true });
  }
  return targets;
}

interface WrittenCounts {
  readonly created: number;
  readonly updated: number;
  /** Keys of the objects by id: one that comes back keeps its own. */
  readonly keys: ReadonlyMap<string, string>;
}

/** Brings objects of the mapper to what is wanted of them; the ones that are so already are left alone. */
export async function writeWanted(
  database: Database,
  { of, chunk, session }: Pick<MappedRequest, 'of' | 'chunk' | 'session'>,
  kind: ObjectKind,
  wanted: readonly Wanted[],
): Promise<WrittenCounts> {
  const graph = kind === 'entity' ? database.collections.entities : database.collections.relationships;
  const keys = new Map<string, string>();
  if (wanted.length === 0) return { created: 0, updated: 0, keys };
  const found = await graph.find({ _id: { $in: wanted.map(({ id }) => id) } }, { session, hint: { _id: 1 } }).toArray();
  const current = new Map(found.map((document) => [idToText(document._id), document]));
  const now = of.by.at;
  const written: WrittenDocuments = { inserts: [], updates: [], ended: [], foreignEnds: [] };
  let updated = 0;
  for (const { id, key, content, ends, endKeys, foreign } of wanted) {
    const before = current.get(idToText(id));
    keys.set(idToText(id), before && !before._wiped ? before._key : key);
    const decision = decideChange({
      content: { ...content, key },
      ...(ends && { ends }),
      current: before && readState(before),
      mode: SyncMode.diff,
    });
    if (decision.action !== 'create' && decision.action !== 'update') continue;
    if (decision.action === 'update') updated++;
    if (foreign) written.foreignEnds.push(...foreign);
    const document = buildDocument({
      id,
      kind,
      owner: { scope: mapperScope(of.by.scope.account), integrationInstanceId: null },
      lineage: {
        key: before && !before._wiped ? before._key : key,
        version: (before?._version ?? 0) + 1,
        createdOn: before && !before._wiped ? before._createdOn : now,
        beginOn: now,
      },
      state: decision.state,
      ...(endKeys && { endKeys }),
    });
    chunk.replaced(kind, before, document);
    if (!before) {
      written.inserts.push(document);
      continue;
    }
    if (!before._wiped) written.ended.push(endedVersion(before, now));
    written.updates.push({ before, after: document });
  }
  await touchForeignEnds(database, { of, ends: written.foreignEnds, session });
  await writeDocuments(database, kind, written, session);
  return { created: written.inserts.length + written.updates.length - updated, updated, keys };
}
