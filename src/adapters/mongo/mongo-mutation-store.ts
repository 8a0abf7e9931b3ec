import { BSON, type ClientSession } from 'mongodb';
import { randomInt, randomUUID } from 'node:crypto';
import { ErrorCode } from '../../contracts/error-code';
import { withoutPins } from '../../domain/graph/decide-change';
import { DomainError } from '../../domain/errors';
import { noSuchObject, requireExpected } from '../../domain/graph/expected-object';
import { scopeId, uuidToBytes, type ObjectKind } from '../../domain/graph/identity';
import { mutationScope, type MutationStore } from '../../domain/graph/mutation-store';
import type { Change } from '../../domain/sync-job/graph-writer';
import type { FlatObject } from '../../domain/ports';
import { sha1 } from '../digest';
import { endUnmapped } from './apply-mapped';
import { ChunkBuilder } from './chunk-builder';
import type { GraphDocument } from './collections';
import { commitWait } from './commit-wait';
import { inTransaction, isDuplicateKey, orUnavailable, type Database } from './database';
import { endByIds } from './end-objects';
import { openScope } from './ended-beside';
import { toFlatObject } from './flat-object';
import { readState } from './graph-document';
import { MongoEntityCounts } from './mongo-entity-counts';
import { bytesOf, idFromText, idToText } from './packed-ids';
import { requirePresentEnds } from './relationship-ends';
import { settleSome } from './settle-targets';
import { ownerEarlier } from './owner-values';
import { wipeObjects, wipeRawData } from './wipe-objects';
import { writeChanges, writeState } from './write-changes';
import type { WriteOf } from './write-of';

/** Far below the 16 MB of MongoDB, as an object may grow by its later edits. */
const maxDocumentBytes = 12 * 1024 * 1024;
/** Attempts against others that create the same key at the same moment. */
const maxAttempts = 5;
/**
 * A process that died in the middle of a transaction keeps its objects locked until MongoDB gives it up, after a minute. Clients do not
 * wait that long.
 */
const defaultPatienceMs = 20_000;
/** One mutation of so many looks whether the counters want folding. */
const mutationsPerFold = 32;

const unknownHash = new Uint8Array(16);
const noText = new Uint8Array(0);

interface Mutation {
  readonly of: WriteOf;
  readonly chunk: ChunkBuilder;
  readonly session: ClientSession;
}

export class MongoMutationStore implements MutationStore {
  private readonly counters: MongoEntityCounts;

  constructor(
    private readonly database: Database,
    private readonly account: string,
    private readonly patienceMs = defaultPatienceMs,
  ) {
    this.counters = new MongoEntityCounts(database, account);
  }

  async put({ kind, id, content, mustExist, expected, at }: Parameters<MutationStore['put']>[0]): Promise<FlatObject> {
    const change: Change = { id: uuidToBytes(id), hash: unknownHash, isNew: false, text: noText, content };
    return await this.mutate(kind, at, async ({ of, chunk, session }) => {
      const before = await this.find(kind, id, session);
      if (before?._deleted === false) {
        if (mustExist) requireExpected(kind, describe(before), expected);
        requireSize(kind, before, content.properties);
      } else if (mustExist) throw noSuchObject(kind, id);
      if (kind === 'relationship') await requirePresentEnds(this.database, { of, content, session });
      const request = { of, changes: [change], chunk, session };
      const earlierVersions = kind === 'entity' ? undefined : await endUnmapped(this.database, request);
      await writeChanges(this.database, { ...request, assumeNew: false, ...(earlierVersions && { earlierVersions }) });
      return await this.require(kind, id, session);
    });
  }

  async end({ kind, id, expected, at, wipe }: Parameters<MutationStore['end']>[0]): Promise<FlatObject> {
    await orUnavailable(openScope(this.database, mutationScope(this.account)));
    return await this.mutate(kind, at, async (mutation) => {
      const { session } = mutation;
      const before = await this.find(kind, id, session);
      if (!before || before._wiped || (before._deleted && !wipe)) throw noSuchObject(kind, id);
      requireExpected(kind, describe(before), expected);
      if (!before._deleted) {
        await endByIds(this.database, { ...mutation, ids: bytesOf(before._id), unresolvable: 0 });
      }
      const ended = await this.require(kind, id, session);
      if (wipe) await this.wipe(kind, ended, mutation);
      return ended;
    });
  }

  async unpin({ id, names, at }: Parameters<MutationStore['unpin']>[0]): Promise<FlatObject> {
    return await this.mutate('entity', at, async (mutation) => {
      const before = await this.find('entity', id, mutation.session);
      if (before?._deleted !== false) throw noSuchObject('entity', id);
      const earlier = await ownerEarlier(this.database, before, mutation.session);
      const decision = withoutPins(readState(before), names, earlier);
      if (decision.action === 'update') {
        await writeState(this.database, { ...mutation, before, state: decision.state });
      }
      return await this.require('entity', id, mutation.session);
    });
  }

  /** Relationships go with their entity, ended ones too: nothing may lead to what is not there any more. */
  private async wipe(kind: ObjectKind, ended: GraphDocument, { chunk, session }: Mutation): Promise<void> {
    if (kind === 'entity') {
      const { relationships } = this.database.collections;
      const at = { $or: [{ _fromEntityId: ended._id }, { _toEntityId: ended._id }] };
      const documents = await relationships.find(at, { session }).toArray();
      await wipeObjects(this.database, { kind: 'relationship', documents, chunk, session });
      await wipeRawData(this.database, { account: this.account, entityId: ended._id, session });
    }
    await wipeObjects(this.database, { kind, documents: [ended], chunk, session });
  }

  private async mutate(
    kind: ObjectKind,
    at: number,
    work: (mutation: Mutation) => Promise<GraphDocument>,
  ): Promise<FlatObject> {
    const document = await orUnavailable(this.attempt(kind, at, work));
    const seen = commitWait();
    // What was acknowledged stays so whatever becomes of this; the next one looks again.
    if (randomInt(mutationsPerFold) === 0) await this.counters.fold().catch(() => undefined);
    await seen;
    return toFlatObject(document, { latest: true });
  }

  private async attempt(
    kind: ObjectKind,
    at: number,
    work: (mutation: Mutation) => Promise<GraphDocument>,
  ): Promise<GraphDocument> {
    const until = performance.now() + this.patienceMs;
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTransaction(this.database, { durable: true }, async (session) => {
          if (performance.now() > until) throw isBusy(kind);
          const of = this.writeOf(kind, at);
          const chunk = new ChunkBuilder(of);
          const document = await work({ of, chunk, session });
          while ((await settleSome(this.database, { of, chunk, session })) > 0);
          await chunk.write(this.database, session);
          return document;
        });
      } catch (err) {
        if (!isDuplicateKey(err) || attempt === maxAttempts) throw err;
      }
    }
  }

  private writeOf(kind: ObjectKind, at: number): WriteOf {
    const id = `mutation-${randomUUID()}`;
    const scope = mutationScope(this.account);
    const by = { id, scope, scopeId: scopeId(sha1, scope), integrationInstanceId: null, at };
    return { by: { ...by, mode: 'EDIT', isAlone: false, settlementId: id }, kind, chunk: null };
  }

  private async require(kind: ObjectKind, id: string, session: ClientSession): Promise<GraphDocument> {
    const found = await this.find(kind, id, session);
    if (!found) throw new Error(`the ${kind} ${id} was not written`);
    return found;
  }

  private async find(kind: ObjectKind, id: string, session: ClientSession): Promise<GraphDocument | null> {
    const { entities, relationships } = this.database.collections;
    const filter = { _id: idFromText(id), _accountId: this.account };
    return await (kind === 'entity' ? entities : relationships).findOne(filter, { session, hint: { _id: 1 } });
  }
}

const isBusy = (kind: ObjectKind): DomainError =>
  new DomainError(
    ErrorCode.unavailable,
    `Others are changing the same ${kind}, or something that it leads to; try again in a few seconds.`,
  );

function describe(document: GraphDocument) {
  const { type, classes } = readState(document);
  const { _key: key, _fromEntityId: from, _toEntityId: to } = document;
  return { key, type, classes, ...(from && { fromId: idToText(from) }), ...(to && { toId: idToText(to) }) };
}

function requireSize(kind: ObjectKind, before: GraphDocument, added: object): void {
  const size = BSON.calculateObjectSize(before) + BSON.calculateObjectSize(added);
  if (size <= maxDocumentBytes) return;
  const what = `would be about ${size} bytes long, the limit is ${maxDocumentBytes}`;
  throw new DomainError(ErrorCode.badRequest, `The ${kind} ${what}.`, [{ where: kind, what }]);
}
