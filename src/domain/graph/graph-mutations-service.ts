import { SyncMode } from '../../contracts/sync-job';
import { isAbsent, isPlainObject, nameOfType, type UploadedObject } from '../ingest/object-rules';
import type { FlatObject } from '../ports';
import { noSuchObject } from './expected-object';
import type * as Mutation from './graph-mutations';
import { bytesToUuid, isUuid, keyNamespace, uuidV5, type ObjectKind, type Sha1 } from './identity';
import { MutationInput, type MutationLimits } from './mutation-input';
import { mutationScope, type Expected, type MutationStore } from './mutation-store';

const entityNames = { _key: 'entityKey', _type: 'entityType', _class: 'entityClass' };
const relationshipNames = {
  _key: 'relationshipKey',
  _type: 'relationshipType',
  _class: 'relationshipClass',
  _fromEntityId: 'fromEntityId',
  _toEntityId: 'toEntityId',
};

/** Checks what clients send, and hands it to the store of the account. */
export class GraphMutationsService implements Mutation.GraphMutations {
  constructor(
    private readonly deps: {
      readonly account: string;
      readonly store: MutationStore;
      readonly sha1: Sha1;
      /** Epoch ms. */
      readonly now: () => number;
      readonly limits: MutationLimits;
    },
  ) {}

  async createEntity(request: Mutation.CreateEntity): Promise<FlatObject> {
    const { entityKey: _key, entityType: _type, entityClass, properties, timestamp } = request;
    const input = this.input();
    const object = { ...input.members('properties', properties), _key, _type, _class: [...entityClass] };
    return await this.create('entity', input, object, { where: 'properties', names: entityNames, timestamp });
  }

  async createEntityV2({ entity, timestamp }: Mutation.EntityInput): Promise<FlatObject> {
    const input = this.input();
    const object = this.wholeObject(input, 'entity', entity);
    return await this.create('entity', input, object, { where: 'entity', timestamp });
  }

  async updateEntity({ entityId, properties, timestamp }: Mutation.UpdateEntity): Promise<FlatObject> {
    const input = this.input();
    const object = { ...input.members('properties', properties), _id: undefined };
    return await this.update('entity', input, object, { where: 'properties', id: entityId, timestamp });
  }

  async updateEntityV2({ entity, timestamp }: Mutation.EntityInput): Promise<FlatObject> {
    const input = this.input();
    const object = this.wholeObject(input, 'entity', entity);
    return await this.update('entity', input, object, { where: 'entity', timestamp });
  }

  async deleteEntity({ entityId, timestamp, hardDelete }: Mutation.DeleteEntity): Promise<FlatObject> {
    return await this.end('entity', { id: entityId, expected: {}, timestamp, hardDelete });
  }

  async resetEntity({ entityId, resetPropertyNames }: Mutation.ResetEntity): Promise<FlatObject> {
    const names = resetPropertyNames?.length ? resetPropertyNames : undefined;
    return await this.deps.store.unpin({ id: requireId('entity', entityId), names, at: this.deps.now() });
  }

  async createRelationship(request: Mutation.CreateRelationship): Promise<FlatObject> {
    const { relationshipKey: _key, relationshipType: _type, relationshipClass: _class, timestamp } = request;
    const { fromEntityId: _fromEntityId, toEntityId: _toEntityId, properties } = request;
    const input = this.input();
    const members = withoutEnds(input.members('properties', properties));
    const object = { ...members, _key, _type, _class, _fromEntityId, _toEntityId };
    return await this.create('relationship', input, object, {
      where: 'properties',
      names: relationshipNames,
      timestamp,
    });
  }

  async createRelationshipV2({ relationship, timestamp }: Mutation.RelationshipInput): Promise<FlatObject> {
    const input = this.input();
    const object = this.wholeObject(input, 'relationship', relationship);
    return await this.create('relationship', input, object, { where: 'relationship', timestamp });
  }

  async updateRelationship(request: Mutation.UpdateRelationship): Promise<FlatObject> {
    const { relationshipId: id, properties, timestamp } = request;
    const input = this.input();
    const object = { ...input.members('properties', properties), _id: undefined };
    const expected = expectedEnds(request);
    return await this.update('relationship', input, object, { where: 'properties', id, expected, timestamp });
  }

  async updateRelationshipV2({ relationship, timestamp }: Mutation.RelationshipInput): Promise<FlatObject> {
    const input = this.input();
    const object = this.wholeObject(input, 'relationship', relationship);
    return await this.update('relationship', input, object, { where: 'relationship', timestamp });
  }

  async deleteRelationship(request: Mutation.DeleteRelationship): Promise<FlatObject> {
    const { relationshipId: id, timestamp, hardDelete } = request;
    return await this.end('relationship', { id, expected: expectedEnds(request), timestamp, hardDelete });
  }

  private async create(
    kind: ObjectKind,
    input: MutationInput,
    object: UploadedObject,
    options: {
      readonly where: string;
      readonly names?: Readonly<Record<string, string>>;
      readonly timestamp: number | null | undefined;
    },
  ): Promise<FlatObject> {
    const at = input.time(options.timestamp, this.deps.now());
    // The rules of new objects: the key is required, whatever `_id` came along.
    const content = input.content(kind, object, { ...options, mode: SyncMode.diff });
    input.require();
    const id = this.idOf(kind, content.key ?? '');
    return await this.deps.store.put({ kind, id, content, mustExist: false, expected: {}, at });
  }

  private async update(
    kind: ObjectKind,
    input: MutationInput,
    object: UploadedObject,
    options: {
      readonly where: string;
      readonly id?: string;
      readonly expected?: Expected;
      readonly timestamp: number | null | undefined;
    },
  ): Promise<FlatObject> {
    const { where } = options;
    const at = input.time(options.timestamp, this.deps.now());
    const { _id, ...rest } = object;
    const named = options.id ?? (isAbsent(_id) ? undefined : _id);
    if (named !== undefined && typeof named !== 'string') {
      input.add(`${where}._id`, `must be a string, found ${nameOfType(named)}`);
    }
    if (named === undefined && isAbsent(rest['_key'])) {
      input.add(where, 'needs an "_id", or the "_key" that it was created with');
    }
    // The rules of content that meets an object which exists: all but its address may be absent.
    const mode = kind === 'entity' ? SyncMode.patch : SyncMode.createOrUpdate;
    const addressed = { _key: 'named by its id', ...withoutAbsent(withoutEnds(rest)) };
    const { key, type, classes, ...content } = input.content(kind, addressed, { where, mode });
    input.require();
    const ends = kind === 'relationship' ? endsIn(rest) : {};
    const expected: Expected = {
      ...(!isAbsent(rest['_key']) && key !== undefined && { key }),
      ...(type !== undefined && { type }),
      ...(classes && { classes }),
      ...ends,
      ...options.expected,
    };
    const id = typeof named === 'string' ? requireId(kind, named) : this.idOf(kind, key ?? '');
    return await this.deps.store.put({ kind, id, content, mustExist: true, expected, at });
  }

  private async end(
    kind: ObjectKind,
    request: {
      readonly id: string;
      readonly expected: Expected;
      readonly timestamp: number | null | undefined;
      readonly hardDelete: boolean | null | undefined;
    },
  ): Promise<FlatObject> {
    const input = this.input();
    const at = input.time(request.timestamp, this.deps.now());
    input.require();
    const { expected, hardDelete } = request;
    const id = requireId(kind, request.id);
    return await this.deps.store.end({ kind, id, expected, at, wipe: hardDelete ?? false });
  }

  private wholeObject(input: MutationInput, where: string, value: unknown): UploadedObject {
    if (!isPlainObject(value)) input.add(where, `must be an object, found ${nameOfType(value)}`);
    return isPlainObject(value) ? value : {};
  }

  private idOf(kind: ObjectKind, key: string): string {
    const { account, sha1 } = this.deps;
    return bytesToUuid(uuidV5(sha1, keyNamespace(sha1, mutationScope(account), kind), key));
  }

  private input(): MutationInput {
    return new MutationInput(this.deps.limits);
  }
}

/** Text that is no id names nothing. @throws DomainError NOT_FOUND */
function requireId(kind: ObjectKind, id: string): string {
  if (!isUuid(id)) throw noSuchObject(kind, id);
  return id.toLowerCase();
}

function expectedEnds({ fromEntityId, toEntityId }: Mutation.UpdateRelationship): Expected {
  return {
    ...(!isAbsent(fromEntityId) && { fromId: fromEntityId ?? '' }),
    ...(!isAbsent(toEntityId) && { toId: toEntityId ?? '' }),
  };
}

function endsIn({ _fromEntityId: from, _toEntityId: to }: UploadedObject): Expected {
  return {
    ...(typeof from === 'string' && from !== '' && { fromId: from }),
    ...(typeof to === 'string' && to !== '' && { toId: to }),
  };
}

const withoutAbsent = (object: UploadedObject): UploadedObject =>
  Object.fromEntries(Object.entries(object).filter(([name, value]) => !name.startsWith('_') || !isAbsent(value)));

/** Ends come as arguments of their own. */
const withoutEnds = (object: UploadedObject): UploadedObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !/^_(from|to)Entity/.test(name)));
