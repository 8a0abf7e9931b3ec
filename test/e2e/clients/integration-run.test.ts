import { installNodeClients } from './install-clients';
import { nothingChanged, someInstance, useIntegrationProject } from './integration-project';
import { useLiveClient } from './live-client';

jest.setTimeout(120_000);

describe('j1-integration run of the integration SDK 8.41.0', () => {
  const live = useLiveClient(installNodeClients);
  const on = useIntegrationProject(live);

  it('run: the graph is what the integration collected, and a second run changes nothing', async () => {
    const args = someInstance();
    const first = await on.project.j1Integration('run', { args });
    expect(first).toMatchObject({ code: 0 });
    const job = await live.account.lastJob();
    expect(job).toMatchObject({
      status: 'FINISHED',
      source: 'integration-managed',
      integrationInstanceId: args[1],
      integrationJobId: job.id,
      numEntitiesUploaded: 8,
      numEntitiesCreated: 8,
      numEntityCreateErrors: 0,
      numEntityRawDataEntriesUploaded: 8,
      numEntityRawDataEntriesCreated: 8,
      // Three direct ones and three mapped ones.
      numRelationshipsUploaded: 6,
      numRelationshipsCreated: 3,
      numRelationshipCreateErrors: 0,
      numMappedRelationshipsCreated: 3,
      numMappedRelationshipCreateErrors: 0,
      report: [],
    });
    const { entities, relationships } = await live.account.graph();
    expect([...entities.keys()].filter((key) => key.startsWith('fleet_')).sort()).toEqual([
      ...[1, 2, 3, 4, 5].map((n) => `fleet_host:${n}`),
      ...[1, 2, 3].map((n) => `fleet_user:${n}`),
    ]);
    expect(entities.get('fleet_host:2')).toMatchObject({
      _type: 'fleet_host',
      _class: ['Host'],
      displayName: 'host-2',
      'tag.Team': 'red',
      createdOn: Date.parse('2026-01-01T00:00:00Z') + 2,
      _integrationInstanceId: args[1],
      _deleted: false,
    });
    const direct = relationships.get('fleet_host:3|has|fleet_user:3');
    expect(direct).toMatchObject({
      _class: 'HAS',
      _type: 'fleet_host_has_user',
      _fromEntityId: entities.get('fleet_host:3')?._id,
      _toEntityId: entities.get('fleet_user:3')?._id,
    });
    // Each user is a person by the same email address, whom no integration has uploaded.
    for (const n of [1, 2, 3]) {
      const user = entities.get(`fleet_user:${n}`);
      const person = entities.get(String(user?.['email']));
      expect(person).toMatchObject({
        _type: 'person',
        _class: ['Person'],
        _source: 'system-mapper',
        email: user?.['email'],
      });
      const isPerson = [...relationships.values()].filter(({ _toEntityId }) => _toEntityId === person?._id);
      expect(isPerson).toMatchObject([{ _type: 'fleet_user_is_person', _class: 'IS', _fromEntityId: user?._id }]);
    }

    await on.project.j1Integration('run', { args });
    expect(await live.account.jobCount()).toBe(2);
    expect(await live.account.lastJob()).toMatchObject({ ...nothingChanged, numEntitiesUploaded: 8 });

    await on.project.j1Integration('run', { args, fleet: { FLEET_HOSTS: '6', FLEET_USERS: '2' } });
    expect(await live.account.lastJob()).toMatchObject({
      status: 'FINISHED',
      numEntitiesCreated: 1,
      numEntitiesDeleted: 1,
      numRelationshipsCreated: 0,
      numRelationshipsUpdated: 0,
      numMappedRelationshipsCreated: 0,
      numMappedRelationshipsDeleted: 1,
    });
    const later = await live.account.graph();
    expect(later.entities.has('fleet_user:3')).toBe(false);
    expect(later.relationships.has('fleet_host:3|has|fleet_user:3')).toBe(false);
    expect(later.entities.has('fleet_host:6')).toBe(true);
    expect([...later.entities.values()].filter(({ _type }) => _type === 'person')).toHaveLength(2);
  });

  it('run: a step that fails deletes nothing of its types', async () => {
    const args = someInstance();
    await on.project.j1Integration('run', { args });
    await live.account.lastJob();
    const failing = await on.project.j1Integration('run', { args, fleet: { FLEET_USERS_FAIL: '1', FLEET_HOSTS: '4' } });
    expect(failing.output).toContain('The directory of users does not answer.');
    const job = await live.account.lastJob();
    expect(job).toMatchObject({ status: 'FINISHED', numEntitiesUploaded: 4, numEntitiesDeleted: 1 });
    expect(job.partialTypes).toEqual(
      expect.arrayContaining(['fleet_user', 'fleet_host_has_user', 'fleet_user_is_person']),
    );
    const { entities, relationships } = await live.account.graph();
    expect(entities.has('fleet_host:5')).toBe(false);
    for (const n of [1, 2, 3]) {
      expect(entities.has(`fleet_user:${n}`)).toBe(true);
      expect(relationships.has(`fleet_host:${n}|has|fleet_user:${n}`)).toBe(true);
    }
    expect([...relationships.values()].filter(({ _type }) => _type === 'fleet_user_is_person')).toHaveLength(3);
  });

  // Version 8.41.0 takes a failed upload for a failure of its step, and finalizes with the types of that step as partial datasets.
  it('run: an upload that the product refuses leaves all of its step alone', async () => {
    const args = someInstance();
    await on.project.j1Integration('run', { args });
    await live.account.lastJob();
    const before = await live.account.graph();
    const { output } = await on.project.j1Integration('run', {
      args: [...args, '--disable-schema-validation'],
      fleet: { FLEET_HOSTS: '1', FLEET_NESTED_PROPERTY: '1' },
    });
    expect(output).toContain('ENTITY_UPLOAD_FAILED_VALIDATION');
    expect(await live.account.jobCount()).toBe(2);
    const job = await live.account.lastJob();
    expect(job).toMatchObject({ ...nothingChanged, numEntitiesUploaded: 3 });
    expect(job.partialTypes).toContain('fleet_host');
    expect(await live.account.graph()).toEqual(before);
  });

  it('run: an integration that refuses its configuration aborts the job with its reason', async () => {
    await on.project.j1Integration('run', { args: someInstance(), fleet: { FLEET_INVALID: '1' } });
    expect(await live.account.jobCount()).toBe(1);
    expect(await live.account.lastJob()).toMatchObject({
      status: 'ABORTED',
      statusReason: expect.stringContaining('The fleet has no address.') as string,
      numEntitiesUploaded: 0,
    });
    expect((await live.account.graph()).entities.size).toBe(0);
  });

  it('run --source api --scope: the scope is what a later run replaces', async () => {
    const args = ['--source', 'api', '--scope', 'fleet'];
    await on.project.j1Integration('run', { args });
    const job = await live.account.lastJob();
    expect(job).toMatchObject({ status: 'FINISHED', source: 'api', scope: 'fleet', numEntitiesCreated: 8 });
    await on.project.j1Integration('run', { args, fleet: { FLEET_HOSTS: '3' } });
    expect(await live.account.lastJob()).toMatchObject({ status: 'FINISHED', scope: 'fleet', numEntitiesDeleted: 2 });
  });
});
