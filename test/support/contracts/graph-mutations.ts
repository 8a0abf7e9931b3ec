import { randomUUID } from 'node:crypto';
import { sha1 } from '../../../src/adapters/digest';
import type { GraphMutations } from '../../../src/domain/graph/graph-mutations';
import { GraphMutationsService } from '../../../src/domain/graph/graph-mutations-service';
import { bytesToUuid, keyNamespace, uuidV5, type ObjectKind } from '../../../src/domain/graph/identity';
import type { MutationStore } from '../../../src/domain/graph/mutation-store';
import type { SyncBench } from '../bench';
import { expectCounted } from '../play-jobs';

/** One side of the contract: jobs and mutations of accounts over one database. */
export interface MutationSubject {
  benchOf(account: string): SyncBench;
  storeOf(account: string): MutationStore;
}

const entity = (key: string, more: object = {}) => ({ _key: key, _type: 'thing', _class: 'Thing', ...more });
const limits = { maxKeyBytes: 100, maxObjectBytes: 10_000 };

export function graphMutationsContract(openSubject: () => MutationSubject): void {
  describe('GraphMutations', () => {
    let subject: MutationSubject;
    let bench: SyncBench;
    let mutations: GraphMutations;
    beforeAll(() => {
      subject = openSubject();
    });
    const mutationsOf = (account: string) =>
      new GraphMutationsService({
        account,
        store: subject.storeOf(account),
        sha1,
        now: () => bench.clock.now,
        limits,
      });
    beforeEach(() => {
      bench = subject.benchOf(`c-${randomUUID()}`);
      mutations = mutationsOf(bench.account);
    });
    afterEach(async () => {
      await expectCounted(bench, await bench.graph());
    });

    async function sync(scope: string, body: object, syncMode: 'DIFF' | 'CREATE_OR_UPDATE' = 'DIFF') {
      const { id } = await bench.service.start({ source: 'api', scope, syncMode });
      await bench.upload(id, body);
      bench.clock.now += 1_000;
      await bench.service.finalize(id, { partialTypes: [] });
      await bench.finish(id);
      return await bench.service.get(id);
    }
    const idOf = (scope: string, key: string, kind: ObjectKind = 'entity') =>
      bytesToUuid(uuidV5(sha1, keyNamespace(sha1, { account: bench.account, source: 'api', scope }, kind), key));
    const create = async (entityKey: string, properties?: object, more: object = {}) =>
      await mutations.createEntity({ entityKey, entityType: 'thing', entityClass: ['Thing'], properties, ...more });
    const connect = async (key: string, from: string, to: string, properties?: object) =>
      await mutations.createRelationship({
        relationshipKey: key,
        relationshipType: 'thing_has_thing',
        relationshipClass: 'HAS',
        fromEntityId: from,
        toEntityId: to,
        properties,
      });
    const entityAt = async (name: string) => (await bench.graph()).entities.get(name);
    const relationshipAt = async (name: string) => (await bench.graph()).relationships.get(name);
    const later = () => (bench.clock.now += 1_000);

    describe('createEntity', () => {
      it('creates an entity of source api without a scope, and answers with all of it', async () => {
        const at = bench.clock.now;
        const made = await create('k', { displayName: 'K', n: 1, list: ['a', 1, true], 'tag.Name': 'x', gone: null });
        expect(made).toEqual({
          _id: idOf('', 'k'),
          _accountId: bench.account,
          _source: 'api',
          _scope: '',
          _key: 'k',
          _type: 'thing',
          _class: ['Thing'],
          _version: 1,
          _createdOn: at,
          _beginOn: at,
          _deleted: false,
          _latest: true,
          displayName: 'K',
          n: 1,
          list: ['a', 1, true],
          'tag.Name': 'x',
        });
      });

      it('merges when there is one, as a new version; leaves alone what is so already', async () => {
        await create('k', { n: 1, m: 2 });
        later();
        expect(await create('k', { n: 1 })).toMatchObject({ _version: 1, n: 1, m: 2 });
        const at = later();
        const changed = await create('k', { n: null, o: 3 });
        expect(changed).toMatchObject({ _version: 2, _beginOn: at, _createdOn: at - 2_000, m: 2, o: 3 });
        expect(changed).not.toHaveProperty('n');
        expect((await entityAt('/k'))?.history).toMatchObject([{ version: 1, properties: { n: 1, m: 2 }, endOn: at }]);
      });

      it('takes type and class from the latest call, and counters follow', async () => {
        await create('k');
        await mutations.createEntity({ entityKey: 'k', entityType: 'other', entityClass: ['A', 'B'] });
        const { total, types, classes } = await bench.stores.counters.all();
        expect([total, [...types], [...classes].sort()]).toEqual([1, [['other', 1]], [['A', 1], ['B', 1]]]); // prettier-ignore
      });

      it('is of the account: the same key elsewhere is another entity', async () => {
        const mine = await create('k');
        const theirs = await mutationsOf(`c-${randomUUID()}`).createEntity({
          entityKey: 'k',
          entityType: 'thing',
          entityClass: ['Thing'],
        });
        expect(theirs._id).not.toBe(mine._id);
      });

      it('meets what a job without a scope has uploaded', async () => {
        await sync('', { entities: [entity('k', { n: 1, m: 1 })] }, 'CREATE_OR_UPDATE');
        expect(await create('k', { n: 2 })).toMatchObject({ _version: 2, n: 2, m: 1 });
        await sync('', { entities: [entity('k', { m: 3 })] }, 'CREATE_OR_UPDATE');
        expect((await entityAt('/k'))?.properties).toEqual({ n: 2, m: 3 });
      });

      it('goes on with the versions of an entity that was deleted', async () => {
        const { _id, _createdOn } = await create('k', { n: 1 });
        later();
        await mutations.deleteEntity({ entityId: String(_id) });
        later();
        expect(await create('k')).toMatchObject({ _id, _createdOn, _version: 2, _deleted: false });
      });

      it('of many at the same time makes one entity', async () => {
        const made = await Promise.all(Array.from({ length: 8 }, async (_, i) => await create('k', { [`p${i}`]: i })));
        expect(new Set(made.map(({ _id }) => _id)).size).toBe(1);
        expect(made.map(({ _version }) => _version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
        expect(Object.keys((await entityAt('/k'))?.properties ?? {})).toHaveLength(8);
      });

      it('takes flat objects in its second form, as exports give them', async () => {
        const made = await create('k', { n: 1 });
        expect(await mutations.createEntityV2({ entity: { ...made, n: 2 } })).toMatchObject({ _version: 2, n: 2 });
        expect(await mutations.createEntityV2({ entity: entity('other', { _class: 'Thing' }) })).toMatchObject({
          _id: idOf('', 'other'),
          _class: ['Thing'],
        });
      });
    });

    describe('bad input is refused with everything that is wrong, and writes nothing', () => {
      const problemsOf = async (call: Promise<unknown>) => {
        const err = (await call.then(
          () => ({}),
          (reason: unknown) => reason,
        )) as { code?: string; problems?: { where: string }[] };
        return [err.code, ...(err.problems ?? []).map(({ where }) => where)];
      };
      const fine = { entityKey: 'k', entityType: 't', entityClass: [] };

      it.each<[string, () => Promise<unknown>, string[]]>([
        [
          'nested objects, reserved names and empty keys',
          () =>
            mutations.createEntity({
              entityKey: '',
              entityType: '',
              entityClass: [''],
              properties: { a: { b: 1 }, _mine: 1, c: [[1]], '': 1, d: Number.POSITIVE_INFINITY },
            }),
          ['entityKey', 'entityType', 'entityClass', 'properties.a', 'properties._mine', 'properties.c', 'properties[""]', 'properties.d'], // prettier-ignore
        ],
        ['properties that are a list', () => mutations.createEntity({ ...fine, properties: [1] }), ['properties']],
        [
          'properties that are text',
          () => mutations.updateEntity({ entityId: randomUUID(), properties: 'x' }),
          ['properties'],
        ],
        ['a key that is too long', () => mutations.createEntity({ ...fine, entityKey: 'é'.repeat(51) }), ['entityKey']],
        [
          'half a surrogate pair in a key',
          () => mutations.createEntity({ ...fine, entityKey: '\ud800' }),
          ['entityKey'],
        ],
        [
          'an object that is too large',
          () => mutations.createEntity({ ...fine, properties: { a: 'x'.repeat(10_000) } }),
          ['properties'],
        ],
        ['a time that is none', () => mutations.createEntity({ ...fine, timestamp: 1.5 }), ['timestamp']],
        ['a time before 1970', () => mutations.deleteEntity({ entityId: randomUUID(), timestamp: -1 }), ['timestamp']],
        [
          'an entity that is none',
          () => mutations.createEntityV2({ entity: 'x' }),
          ['entity', 'entity._key', 'entity._type'],
        ],
        [
          'an entity without key and type',
          () => mutations.createEntityV2({ entity: { _id: randomUUID() } }),
          ['entity._key', 'entity._type'],
        ],
        ['an update without an address', () => mutations.updateEntityV2({ entity: { n: {} } }), ['entity', 'entity.n']],
        ['an update with a number for an id', () => mutations.updateEntityV2({ entity: { _id: 5 } }), ['entity._id']],
        [
          'arrays on relationships',
          () =>
            mutations.createRelationship({
              relationshipKey: 'r',
              relationshipType: 't',
              relationshipClass: 'HAS',
              fromEntityId: '',
              toEntityId: randomUUID(),
              properties: { a: [1] },
            }),
          ['properties', 'properties.a'],
        ],
        [
          'mappings',
          () => mutations.createRelationshipV2({ relationship: { _key: 'r', _type: 't', _mapping: {} } }),
          ['relationship._mapping.sourceEntityKey', 'relationship._mapping.targetEntity', 'relationship._mapping'],
        ],
      ])('%s', async (_, call, where) => {
        const [code, ...found] = await problemsOf(call());
        expect(code).toBe('BAD_REQUEST');
        expect(found).toEqual(expect.arrayContaining(where));
        const { entities, relationships } = await bench.graph();
        expect([entities.size, relationships.size]).toEqual([0, 0]);
      });
    });

    describe('updateEntity', () => {
      it('merges properties into an entity of its own source, and pins nothing', async () => {
        const { _id } = await create('k', { n: 1, m: 1 });
        const at = later();
        const entityId = String(_id);
        expect(await mutations.updateEntity({ entityId, properties: { n: 2, m: null } })).toMatchObject({ _version: 2, _beginOn: at, n: 2 }); // prettier-ignore
        expect(await entityAt('/k')).toMatchObject({ properties: { n: 2 }, history: [{ version: 1 }] });
        expect((await entityAt('/k'))?.overrides).toBeUndefined();
        expect(await mutations.updateEntity({ entityId: entityId.toUpperCase(), properties: { n: 2 } })).toMatchObject({ _version: 2 }); // prettier-ignore
        expect(await mutations.updateEntity({ entityId })).toMatchObject({ _version: 2 });
      });

      it('pins what differs on an entity of another owner, whose next syncs do not undo it', async () => {
        await sync('east', { entities: [entity('k', { n: 1, m: 1, same: 1 })] });
        const entityId = idOf('east', 'k');
        const edited = await mutations.updateEntity({ entityId, properties: { n: 2, m: null, same: 1, own: true } });
        expect(edited).toMatchObject({ _version: 2, _scope: 'east', n: 2, same: 1, own: true });
        expect(edited).not.toHaveProperty('m');
        expect(edited).not.toHaveProperty('_overrides');
        expect((await entityAt('east/k'))?.overrides).toEqual({ n: 2, m: null, own: true });
        expect(await sync('east', { entities: [entity('k', { n: 1, m: 1, same: 1 })] })).toMatchObject({
          numEntitiesUpdated: 0,
        });
        await sync('east', { entities: [entity('k', { n: 3, m: 3, same: 3 })] });
        expect(await entityAt('east/k')).toMatchObject({ version: 3, properties: { n: 2, same: 3, own: true } });
      });

      it('gives pinned properties back to their owner', async () => {
        await sync('east', { entities: [entity('k', { n: 1, m: 1 })] });
        const entityId = idOf('east', 'k');
        await mutations.updateEntity({ entityId, properties: { n: 2, own: true } });
        await mutations.updateEntity({ entityId, properties: { n: 3, m: null } });
        expect(await mutations.resetEntity({ entityId, resetPropertyNames: ['n', 'unknown'] })).toMatchObject({
          _version: 4,
          n: 1,
          own: true,
        });
        expect((await entityAt('east/k'))?.overrides).toEqual({ m: null, own: true });
        const all = await mutations.resetEntity({ entityId });
        expect(all).toMatchObject({ _version: 5, n: 1, m: 1 });
        expect(all).not.toHaveProperty('own');
        expect(await mutations.resetEntity({ entityId })).toMatchObject({ _version: 5 });
        expect(await sync('east', { entities: [entity('k', { n: 1, m: 1 })] })).toMatchObject({
          numEntitiesUpdated: 0,
        });
        await sync('east', { entities: [entity('k', { n: 7 })] });
        expect((await entityAt('east/k'))?.properties).toEqual({ n: 7 });
      });

      it('of its own source counts also where something was pinned', async () => {
        await create('k', { n: 1 });
        await sync('', { entities: [{ _id: idOf('', 'k'), n: 2 }] }, 'CREATE_OR_UPDATE');
        const entityId = idOf('', 'k');
        expect(await mutations.updateEntity({ entityId, properties: { n: 3 } })).toMatchObject({ n: 3 });
      });

      it('names the entity by id or by key in its second form, and takes type and class for a check', async () => {
        const made = await create('k', { n: 1 });
        expect(await mutations.updateEntityV2({ entity: { _id: made._id, n: 2 } })).toMatchObject({ _version: 2 });
        expect(await mutations.updateEntityV2({ entity: entity('k', { n: 3 }) })).toMatchObject({ _version: 3, n: 3 });
        expect(await mutations.updateEntityV2({ entity: { ...made, n: 4 } })).toMatchObject({ _version: 4, n: 4 });
        await expect(
          mutations.updateEntityV2({ entity: entity('k', { _type: 'x', _class: 'Y' }) }),
        ).rejects.toMatchObject({
          code: 'BAD_REQUEST',
          problems: [{ where: '_type' }, { where: '_class' }],
        });
        await expect(mutations.updateEntityV2({ entity: entity('nobody') })).rejects.toMatchObject({
          code: 'NOT_FOUND',
        });
      });

      it('keeps raw data, and takes it with the entity', async () => {
        const { _id } = await mutations.createEntityV2({
          entity: entity('k', { _rawData: [{ name: 'default', rawData: { a: 1 } }] }),
        });
        await mutations.updateEntity({ entityId: String(_id), properties: { n: 1 } });
        expect((await entityAt('/k'))?.version).toBe(2);
      });
    });

    it('finds nothing under ids that are unknown, no ids, or of another account', async () => {
      const theirs = await mutationsOf(`c-${randomUUID()}`).createEntity({
        entityKey: 'k',
        entityType: 'thing',
        entityClass: ['Thing'],
      });
      const mine = String((await create('k'))._id);
      for (const id of [String(theirs._id), randomUUID(), 'nonsense', '']) {
        const properties = { n: 1 };
        for (const call of [
          async () => await mutations.updateEntity({ entityId: id, properties }),
          async () => await mutations.deleteEntity({ entityId: id }),
          async () => await mutations.deleteEntity({ entityId: id, hardDelete: true }),
          async () => await mutations.resetEntity({ entityId: id }),
          async () => await mutations.updateRelationship({ relationshipId: id, properties }),
          async () => await mutations.deleteRelationship({ relationshipId: id }),
          ...(id === '' ? [] : [async () => await connect('r', mine, id), async () => await connect('r', id, mine)]),
        ]) {
          await expect(call()).rejects.toMatchObject({ code: 'NOT_FOUND' });
        }
      }
      expect((await bench.graph()).relationships.size).toBe(0);
    });

    describe('deleteEntity', () => {
      it('ends the entity and its relationships, of whatever scope, once', async () => {
        const k = String((await create('k', { n: 1 }))._id);
        await create('l');
        await connect('r', k, idOf('', 'l'));
        const link = { _key: 'far', _type: 'x', _class: 'USES', _fromEntityKey: 'a', _toEntityId: k };
        const linking = { entities: [entity('a')], relationships: [link] };
        await sync('east', linking);
        const at = later();
        expect(await mutations.deleteEntity({ entityId: k })).toMatchObject({
          _id: k,
          _deleted: true,
          _endOn: at,
          _version: 1,
          n: 1,
        });
        expect(await relationshipAt('/r')).toMatchObject({ deleted: true, endOn: at });
        expect(await relationshipAt('east/far')).toMatchObject({ deleted: true, endOn: at });
        expect(await entityAt('/l')).toMatchObject({ deleted: false });
        await expect(mutations.deleteEntity({ entityId: k })).rejects.toMatchObject({ code: 'NOT_FOUND' });
        await expect(mutations.updateEntity({ entityId: k, properties: { n: 2 } })).rejects.toMatchObject({
          code: 'NOT_FOUND',
        });
        // The manifest of the other scope knows that its relationship is gone.
        expect(await sync('east', linking)).toMatchObject({ numEntitiesUpdated: 0, numRelationshipCreateErrors: 1 });
      });

      it('of another owner is made good by its next sync', async () => {
        const body = { entities: [entity('k', { n: 1 }), entity('l')] };
        await sync('east', body);
        await mutations.deleteEntity({ entityId: idOf('east', 'k') });
        expect(await sync('east', body)).toMatchObject({ numEntitiesCreated: 1, numEntitiesUpdated: 0 });
        expect(await entityAt('east/k')).toMatchObject({ version: 2, deleted: false, properties: { n: 1 } });
        await mutations.deleteEntity({ entityId: idOf('east', 'k') });
        expect(await sync('east', { entities: [] })).toMatchObject({ numEntitiesDeleted: 1 });
      });

      it('leaves nothing if it is a hard one, and the key may come back', async () => {
        const k = String((await create('k', { secret: 'x' }))._id);
        await mutations.updateEntity({ entityId: k, properties: { secret: 'y' } });
        await create('l');
        const r = String((await connect('r', k, idOf('', 'l'), { secret: 'z' }))._id);
        expect(await mutations.deleteEntity({ entityId: k, hardDelete: true })).toMatchObject({
          _deleted: true,
          secret: 'y',
        });
        const { entities, relationships } = await bench.graph();
        expect([[...entities.keys()], relationships.size]).toEqual([['/l'], 0]);
        for (const hardDelete of [true, false]) {
          await expect(mutations.deleteEntity({ entityId: k, hardDelete })).rejects.toMatchObject({
            code: 'NOT_FOUND',
          });
        }
        await expect(mutations.updateRelationship({ relationshipId: r })).rejects.toMatchObject({ code: 'NOT_FOUND' });
        const at = later();
        expect(await create('k', { n: 1 })).toMatchObject({ _id: k, _version: 3, _createdOn: at, _key: 'k', n: 1 });
        expect((await entityAt('/k'))?.history).toEqual([]);
        await connect('r', k, idOf('', 'l'));
        expect(await relationshipAt('/r')).toMatchObject({ deleted: false, history: [] });
      });

      it('wipes an entity that had ended before', async () => {
        const k = String((await create('k'))._id);
        await mutations.deleteEntity({ entityId: k });
        expect(await mutations.deleteEntity({ entityId: k, hardDelete: true })).toMatchObject({ _deleted: true });
        expect((await bench.graph()).entities.size).toBe(0);
      });

      it('of another owner, a hard one too, leaves its syncs right', async () => {
        const body = { entities: [entity('k', { n: 1 }), entity('l')] };
        await sync('east', body);
        await sync('east', { entities: [entity('k', { n: 2 }), entity('l')] });
        await mutations.deleteEntity({ entityId: idOf('east', 'k'), hardDelete: true });
        expect(await sync('east', body)).toMatchObject({ numEntitiesCreated: 1 });
        expect(await sync('east', body)).toMatchObject({ numEntitiesCreated: 0, numEntitiesUpdated: 0 });
        expect(await entityAt('east/k')).toMatchObject({ version: 3, history: [] });
        await mutations.deleteEntity({ entityId: idOf('east', 'l'), hardDelete: true });
        expect(await sync('east', { entities: [] })).toMatchObject({ numEntitiesDeleted: 1 });
        expect((await entityAt('east/k'))?.deleted).toBe(true);
      });
    });

    describe('relationships', () => {
      it('are created, changed and deleted', async () => {
        const [a, b] = [String((await create('a'))._id), String((await create('b'))._id)];
        const made = await connect('r', a, b.toUpperCase(), { w: 1 });
        expect(made).toMatchObject({
          _id: idOf('', 'r', 'relationship'),
          _key: 'r',
          _type: 'thing_has_thing',
          _class: 'HAS',
          _fromEntityId: a,
          _toEntityId: b,
          _version: 1,
          w: 1,
        });
        const relationshipId = String(made._id);
        expect(await connect('r', a, b, { w: 1 })).toMatchObject({ _version: 1 });
        expect(await mutations.updateRelationship({ relationshipId, fromEntityId: a, toEntityId: b, properties: { w: 2 } })).toMatchObject({ _version: 2, w: 2, _toEntityId: b }); // prettier-ignore
        expect(await mutations.updateRelationshipV2({ relationship: { ...made, w: 3 } })).toMatchObject({
          _version: 3,
          w: 3,
        });
        expect(await mutations.updateRelationshipV2({ relationship: { _key: 'r', w: 4 } })).toMatchObject({
          _version: 4,
        });
        for (const call of [
          mutations.updateRelationship({ relationshipId, fromEntityId: b, properties: { w: 5 } }),
          mutations.deleteRelationship({ relationshipId, fromEntityId: a, toEntityId: a }),
          mutations.updateRelationshipV2({ relationship: { ...made, _toEntityId: a } }),
        ]) {
          await expect(call).rejects.toMatchObject({ code: 'BAD_REQUEST' });
        }
        const at = later();
        const deletion = { relationshipId, fromEntityId: a, toEntityId: b };
        expect(await mutations.deleteRelationship(deletion)).toMatchObject({ _deleted: true, _endOn: at });
        await expect(mutations.deleteRelationship(deletion)).rejects.toMatchObject({ code: 'NOT_FOUND' });
        expect(await entityAt('/a')).toMatchObject({ deleted: false });
      });

      it('lead to entities of any scope, by id or by the keys of mutations', async () => {
        await sync('east', { entities: [entity('e')] });
        await create('a');
        await connect('r', idOf('', 'a'), idOf('east', 'e'));
        await mutations.createRelationshipV2({
          relationship: { _key: 's', _type: 't', _class: ['HAS'], _fromEntityKey: 'a', _toEntityId: idOf('east', 'e') },
        });
        expect(await relationshipAt('/r')).toMatchObject({ from: '/a', to: 'east/e' });
        expect(await relationshipAt('/s')).toMatchObject({ from: '/a', to: 'east/e' });
        await sync('east', {});
        expect(await relationshipAt('/r')).toMatchObject({ deleted: true });
        await expect(connect('r', idOf('', 'a'), idOf('east', 'e'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
      });

      it('of another owner keep what was edited', async () => {
        const r = { _key: 'r', _type: 'x', _class: 'HAS', _fromEntityKey: 'a', _toEntityKey: 'b' };
        const bodyOf = (w: number) => ({ entities: [entity('a'), entity('b')], relationships: [{ ...r, w }] });
        await sync('east', bodyOf(1));
        const relationshipId = idOf('east', 'r', 'relationship');
        await mutations.updateRelationship({ relationshipId, properties: { w: 9 } });
        await sync('east', bodyOf(2));
        expect((await relationshipAt('east/r'))?.properties).toEqual({ w: 9 });
        expect(await mutations.deleteRelationship({ relationshipId, hardDelete: true })).toMatchObject({ w: 9 });
        expect((await bench.graph()).relationships.size).toBe(0);
        expect(await sync('east', bodyOf(3))).toMatchObject({ numRelationshipsCreated: 1 });
        expect((await relationshipAt('east/r'))?.properties).toEqual({ w: 3 });
      });
    });

    it('a time counts from the begin of the present version to now', async () => {
      const now = bench.clock.now;
      const entityId = String((await create('k', { n: 1 }, { timestamp: now - 500 }))._id);
      expect(await entityAt('/k')).toMatchObject({ createdOn: now - 500, beginOn: now - 500 });
      const update = async (n: number, timestamp: number) =>
        await mutations.updateEntity({ entityId, properties: { n }, timestamp });
      expect(await update(2, now - 900)).toMatchObject({ _beginOn: now - 500 });
      expect(await update(3, now - 100)).toMatchObject({ _beginOn: now - 100 });
      expect(await update(4, now + 9_000)).toMatchObject({ _beginOn: now });
      expect(await mutations.deleteEntity({ entityId, timestamp: 0 })).toMatchObject({ _endOn: now });
      expect((await entityAt('/k'))?.history.map(({ beginOn, endOn }) => [beginOn - now, (endOn ?? 0) - now])).toEqual([
        [-500, -500],
        [-500, -100],
        [-100, 0],
      ]);
    });
  });
}
