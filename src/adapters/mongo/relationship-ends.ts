import type { Binary, ClientSession } from 'mongodb';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { bytesToUuid, isUuid, keyNamespace, uuidV5, type ObjectKind } from '../../domain/graph/identity';
import type { EndReference, ObjectContent } from '../../domain/graph/object-content';
import type { Change } from '../../domain/sync-job/graph-writer';
import type { WriteOf } from './write-of';
import { sha1 } from '../digest';
import type { Database } from './database';
import { bytesOf, idFromText, idToText } from './packed-ids';

export interface ResolvedEnds {
  readonly fromId: string | undefined;
  readonly toId: string | undefined;
  /** A sentence about the end that has no live entity; undefined when both are there. */
  readonly missing: string | undefined;
  /** Ends that may lie outside the job's own scope. */
  readonly foreign: readonly Binary[];
}

/** What a run that writes nothing has done so far, as its later steps shall see it. */
export interface AsIf {
  /** Undefined: as the graph says. */
  isLive(kind: ObjectKind, id: Uint8Array): boolean | undefined;
}

/** Resolves the ends of relationships to entity ids and checks in the same transaction that the entities live. */
export async function resolveEnds(
  database: Database,
  request: {
    readonly of: WriteOf;
    readonly changes: readonly Pick<Change, 'content'>[];
    readonly session: ClientSession;
    readonly asIf?: AsIf | undefined;
  },
): Promise<readonly ResolvedEnds[]> {
  const { of, changes, session, asIf } = request;
  const idOf = endResolver(of);
  const ends = changes.map(({ content }) => ({ from: idOf(content.from), to: idOf(content.to), content }));
  const wanted = new Map<string, Binary>();
  for (const { from, to } of ends) {
    if (from !== undefined && isUuid(from)) wanted.set(from, idFromText(from));
    if (to !== undefined && isUuid(to)) wanted.set(to, idFromText(to));
  }
  const ids = await liveEntities(database, { account: of.by.scope.account, ids: [...wanted.values()], session });
  const live = new Set(ids.map(idToText));
  if (asIf) {
    for (const [name, id] of wanted) {
      const isLive = asIf.isLive('entity', bytesOf(id));
      if (isLive === true) live.add(name);
      else if (isLive === false) live.delete(name);
    }
  }
  return ends.map(({ from, to, content }) => {
    const missing = [
      from !== undefined && !live.has(from) && describe(of, '_fromEntity', content.from),
      to !== undefined && !live.has(to) && describe(of, '_toEntity', content.to),
    ].filter((sentence) => sentence !== false);
    const foreign = [isForeign(of, content.from) && from, isForeign(of, content.to) && to]
      .filter((name): name is string => typeof name === 'string')
      .flatMap((name) => wanted.get(name) ?? []);
    return { fromId: from, toId: to, missing: missing.length > 0 ? missing.join('; ') : undefined, foreign };
  });
}

/** @throws DomainError NOT_FOUND when an end of a relationship is no live entity */
export async function requirePresentEnds(
  database: Database,
  { of, content, session }: { readonly of: WriteOf; readonly content: ObjectContent; readonly session: ClientSession },
): Promise<void> {
  const [ends] = await resolveEnds(database, { of, changes: [{ content }], session });
  if (ends?.missing === undefined) return;
  const problems = ends.missing.split('; ').map((what) => ({ where: 'relationship', what }));
  throw new DomainError(ErrorCode.notFound, `The relationship lacks an end: ${ends.missing}.`, problems);
}

/** An id says nothing of its scope. */
const isForeign = ({ by }: WriteOf, end: EndReference | undefined): boolean =>
  !by.isAlone ||
  end?.id !== undefined ||
  (end?.source !== undefined && end.source !== by.scope.source) ||
  (end?.scope !== undefined && end.scope !== by.scope.scope);

/**
 * Writes to the entities of other scopes that relationships are about to link to, without changing them. A job that deletes such an
 * entity at the same time then conflicts with this transaction: one of the two runs again and sees what the other has done.
 * Without a write both would succeed, and a live relationship would lead to an ended entity. Own ends of a
 * job need none: one at a time writes a scope, and for others see `ended-beside.ts`.
 */
export async function touchForeignEnds(
  { collections }: Database,
  request: { readonly of: WriteOf; readonly ends: readonly Binary[]; readonly session: ClientSession },
): Promise<void> {
  const { of, ends, session } = request;
  if (ends.length === 0) return;
  const { account, source, scope } = of.by.scope;
  await collections.entities.updateMany(
    {
      _id: { $in: [...ends] },
      _accountId: account,
      ...(of.by.isAlone && { $nor: [{ _source: source, _scope: scope }] }),
    },
    [{ $set: { _touched: { $add: [{ $ifNull: ['$_touched', 0] }, 1] } } }],
    { session, hint: { _id: 1 } },
  );
}

/** Those of the ids that live entities of the account have. */
export async function liveEntities(
  { collections }: Database,
  request: { readonly account: string; readonly ids: readonly Binary[]; readonly session: ClientSession },
): Promise<readonly Binary[]> {
  const { account, ids, session } = request;
  if (ids.length === 0) return [];
  const found = collections.entities.find(
    { _id: { $in: [...ids] }, _accountId: account, _deleted: false },
    { session, projection: { _id: 1 }, hint: { _id: 1 } },
  );
  return await found.map(({ _id }) => _id).toArray();
}

/** A bare key lies in the job's own source and scope; `…Source` and `…Scope` send it elsewhere. */
function endResolver({ by }: WriteOf): (end: EndReference | undefined) => string | undefined {
  const namespaces = new Map<string, Uint8Array>();
  return (end) => {
    if (end?.id !== undefined) return end.id.toLowerCase();
    if (end?.key === undefined) return undefined;
    const source = end.source ?? by.scope.source;
    const scope = end.scope ?? by.scope.scope;
    const name = `${source}\n${scope}`;
    let namespace = namespaces.get(name);
    if (!namespace) {
      namespace = keyNamespace(sha1, { account: by.scope.account, source, scope }, 'entity');
      namespaces.set(name, namespace);
    }
    return bytesToUuid(uuidV5(sha1, namespace, end.key));
  };
}

function describe({ by }: WriteOf, side: string, end: EndReference | undefined): string {
  const name = end?.id !== undefined ? `${side}Id "${end.id}"` : `${side}Key "${end?.key ?? ''}"`;
  const where = end?.scope !== undefined ? ` in scope "${end.scope}"` : '';
  const when = by.isAlone ? " after this job's entities were finalized" : '';
  return `${name} names no entity${where} that exists${when}`;
}
