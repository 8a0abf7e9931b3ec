import { sha1 } from '../../../src/adapters/digest';
import { ErrorCode } from '../../../src/contracts/error-code';
import { DomainError } from '../../../src/domain/errors';
import { decideChange, withoutPins, type NewState } from '../../../src/domain/graph/decide-change';
import { noSuchObject, requireExpected } from '../../../src/domain/graph/expected-object';
import { bytesToUuid, keyNamespace, uuidV5, type ObjectKind } from '../../../src/domain/graph/identity';
import { mutationScope, type MutationStore } from '../../../src/domain/graph/mutation-store';
import type { EndReference } from '../../../src/domain/graph/object-content';
import type { MemoryDatabase, MemoryObject } from './memory-database';
import { flatObject } from './memory-graph-export';
import { endedVersion } from './memory-graph-writer';

/** Changes what `MemoryGraphWriter` has written, one object after the other. */
export class MemoryMutationStore implements MutationStore {
  constructor(
    private readonly database: MemoryDatabase,
    private readonly account: string,
  ) {}

  async put({ kind, id, content, mustExist, expected, at }: Parameters<MutationStore['put']>[0]) {
    const before = this.find(kind, id);
    const live = before?.deleted === false ? before : undefined;
    if (mustExist && !live) throw noSuchObject(kind, id);
    if (mustExist && live) requireExpected(kind, identityOf(live), expected);
    const ends = kind === 'relationship' ? this.endsOf(content.from, content.to) : undefined;
    const own = mutationScope(this.account);
    const isOwn = !live || (live.owner.source === own.source && live.owner.scope === own.scope);
    const current = before && { ...before.state, isDeleted: before.deleted };
    const decision = decideChange({ content, ...(ends && { ends }), current, mode: 'EDIT', isOwn });
    if ('reason' in decision) throw new Error(decision.reason);
    const rawData = { ...live?.rawData };
    for (const { name, text } of content.rawData ?? []) rawData[name] = text;
    if (decision.action === 'none') {
      if (live) this.database.graph[kind].set(id, { ...live, rawData });
      return await this.flat(kind, id);
    }
    const object = this.next(id, before, decision.state, at);
    const { owner = own } = live ?? {};
    this.database.graph[kind].set(id, { ...object, owner, key: before?.key ?? content.key ?? '', rawData });
    return await this.flat(kind, id);
  }

  async end({ kind, id, expected, at, wipe }: Parameters<MutationStore['end']>[0]) {
    const before = this.find(kind, id);
    if (!before || (before.deleted && !wipe)) throw noSuchObject(kind, id);
    requireExpected(kind, identityOf(before), expected);
    this.endOne(kind, id, at);
    const flat = await this.flat(kind, id);
    const leading = [...this.database.graph.relationship].filter(
      ([, { state }]) => kind === 'entity' && [state.fromId, state.toId].includes(id),
    );
    for (const [other] of leading) {
      this.endOne('relationship', other, at);
      if (wipe) this.wipe('relationship', other);
    }
    if (wipe) this.wipe(kind, id);
    return flat;
  }

  async unpin({ id, names, at }: Parameters<MutationStore['unpin']>[0]) {
    const before = this.find('entity', id);
    if (before?.deleted !== false) throw noSuchObject('entity', id);
    const decision = withoutPins({ ...before.state, isDeleted: false }, names, (name) => {
      const last = before.history.findLast(({ state }) => !Object.hasOwn(state.overrides ?? {}, name));
      return last && Object.hasOwn(last.state.properties, name) ? last.state.properties[name] : undefined;
    });
    if (decision.action === 'update') {
      const { owner, key, rawData } = before;
      this.database.graph.entity.set(id, { ...this.next(id, before, decision.state, at), owner, key, rawData });
    }
    return await this.flat('entity', id);
  }

  private next(id: string, before: MemoryObject | undefined, state: NewState, at: number) {
    const beginOn = Math.max(at, before?.endOn ?? before?.beginOn ?? 0);
    return {
      version: (before?.version ?? this.database.wiped.get(id) ?? 0) + 1,
      state,
      createdOn: before?.createdOn ?? beginOn,
      beginOn,
      endOn: null,
      deleted: false,
      hash: null,
      history: before ? [...before.history, endedVersion(before, beginOn)] : [],
    };
  }

  private endOne(kind: ObjectKind, id: string, at: number): void {
    const object = this.find(kind, id);
    if (object?.deleted !== false) return;
    this.database.graph[kind].set(id, { ...object, deleted: true, endOn: Math.max(at, object.beginOn) });
  }

  private wipe(kind: ObjectKind, id: string): void {
    this.database.wiped.set(id, this.find(kind, id)?.version ?? 0);
    this.database.graph[kind].delete(id);
    this.database.rawData.delete(id);
  }

  private endsOf(from: EndReference | undefined, to: EndReference | undefined) {
    const [fromId, toId] = [from, to].map((end) => {
      if (end?.id !== undefined) return end.id.toLowerCase();
      if (end?.key === undefined) return undefined;
      const { account, source, scope } = mutationScope(this.account);
      const of = { account, source: end.source ?? source, scope: end.scope ?? scope };
      return bytesToUuid(uuidV5(sha1, keyNamespace(sha1, of, 'entity'), end.key));
    });
    const missing = [fromId, toId].filter((id) => id !== undefined && this.find('entity', id)?.deleted !== false);
    if (missing.length > 0) {
      throw new DomainError(
        ErrorCode.notFound,
        `The relationship lacks an end: ${missing.join('; ')}.`,
        missing.map((what) => ({ where: 'relationship', what: what ?? '' })),
      );
    }
    return { fromId, toId };
  }

  private find(kind: ObjectKind, id: string): MemoryObject | undefined {
    const object = this.database.graph[kind].get(id);
    return object?.owner.account === this.account ? object : undefined;
  }

  private async flat(kind: ObjectKind, id: string) {
    const object = this.find(kind, id);
    if (!object) throw noSuchObject(kind, id);
    return await Promise.resolve(flatObject(id, kind, object));
  }
}

const identityOf = ({ key, state }: MemoryObject) => ({
  key,
  type: state.type,
  classes: state.classes,
  ...(state.fromId !== undefined && { fromId: state.fromId }),
  ...(state.toId !== undefined && { toId: state.toId }),
});
