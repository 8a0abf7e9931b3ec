import type { ClientSession } from 'mongodb';
import { scopeId, type Scope } from '../../domain/graph/identity';
import { sha1 } from '../digest';
import type { GraphDocument } from './collections';
import type { Database } from './database';
import { noteUnsettled } from './mapping-documents';
import type { WriteOf } from './write-of';

/** Must have happened before entities of a scope without jobs end beside its first one: both write to its document. */
export async function openScope({ collections }: Database, scope: Scope): Promise<void> {
  await collections.scopes.updateOne(
    { _id: scopeId(sha1, scope) },
    { $setOnInsert: { ...scope, queue: [] } },
    { upsert: true },
  );
}

/**
 * Entities that end while the job of their own scope may be linking to them: its transactions look at the ends of relationships of
 * their own scope, and write nothing to them (decision 12). So they are noted, and the job ends at its end what it has made to lead
 * to them. A job takes its place in the queue by a write to the scope's document, and leaves it so. This transaction writes to the
 * same document, so it either sees the job, or the job begins when this is done.
 */
export async function noteEndedBeside(
  database: Database,
  request: { readonly of: WriteOf; readonly ended: readonly GraphDocument[]; readonly session: ClientSession },
): Promise<void> {
  const { of, ended, session } = request;
  const { account } = of.by.scope;
  const byScope = Map.groupBy(ended, ({ _source, _scope }) =>
    scopeId(sha1, { account, source: _source, scope: _scope }),
  );
  for (const [scope, documents] of byScope) {
    if (of.by.isAlone && scope === of.by.scopeId) continue;
    const found = await database.collections.scopes.findOneAndUpdate(
      { _id: scope },
      { $inc: { endings: 1 } },
      { session, projection: { queue: 1 } },
    );
    if (!found || found.queue.length === 0) continue;
    await noteUnsettled(database, { account, settlementId: scope, targets: documents.map(({ _id }) => _id), session });
  }
}
