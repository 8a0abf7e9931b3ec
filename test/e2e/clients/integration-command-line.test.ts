import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../../src/adapters/mongo/database';
import { openLiveDatabase } from '../../support/live-product';
import { newClientAccount, type ClientAccount } from './client-account';
import { clientsFolder, installNodeClients, installWithinMs } from './install-clients';
import { startRecordingProxy, type RecordingProxy } from './recording-proxy';
import { run, type Ended } from './run-client';

jest.setTimeout(120_000);

describe('the command line of the integration SDK 8.41.0', () => {
  let database: Database;
  let account: ClientAccount;
  let projects: string[];
  let project: string;

  beforeAll(async () => {
    await installNodeClients();
    database = openLiveDatabase();
  }, installWithinMs);
  afterAll(async () => {
    await database.client.close();
  });
  beforeEach(async () => {
    account = await newClientAccount(database);
    projects = [];
    project = await newProject();
  });
  afterEach(async () => {
    for (const folder of projects) await rm(folder, { recursive: true, force: true });
  });

  /** The SDK writes what it collected beside the sources, so each run has a folder of its own with a link to them. */
  async function newProject(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'perijove-integration-'));
    projects.push(folder);
    await symlink(join(clientsFolder, 'integration', 'src'), join(folder, 'src'));
    return folder;
  }

  async function j1Integration(
    command: 'run' | 'collect' | 'sync',
    {
      args = [],
      fleet = {},
      url = account.apiBaseUrl,
    }: { args?: string[]; fleet?: Record<string, string>; url?: string },
  ): Promise<Ended> {
    const executable = join(
      clientsFolder,
      'node_modules',
      '@jupiterone',
      'integration-sdk-cli',
      'bin',
      'j1-integration',
    );
    return await run({
      command: process.execPath,
      args: [
        executable,
        command,
        '--project-path',
        project,
        ...(command === 'collect' ? [] : ['--api-base-url', url]),
        ...args,
      ],
      cwd: project,
      env: { JUPITERONE_ACCOUNT: account.account, JUPITERONE_API_KEY: account.token, JUPITERONE_DEV: '', ...fleet },
    });
  }

  const instance = (): string[] => ['--integrationInstanceId', `instance-${randomUUID()}`];

  const nothingChanged = {
    status: 'FINISHED',
    numEntitiesCreated: 0,
    numEntitiesUpdated: 0,
    numEntitiesDeleted: 0,
    numRelationshipsCreated: 0,
    numRelationshipsUpdated: 0,
    numRelationshipsDeleted: 0,
  };

  it('run: the graph is what the integration collected, and a second run changes nothing', async () => {
    const args = instance();
    const first = await j1Integration('run', { args });
    expect(first).toMatchObject({ code: 0 });
    const job = await account.lastJob();
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
      numRelationshipsCreated: 6,
      numRelationshipCreateErrors: 0,
    });
    const { entities, relationships } = await account.graph();
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
    // A mapped relationship is kept as it came. Nothing looks for its target yet, so it has no ends.
    const mapped = relationships.get('fleet_user:3|is|user-3@example.com');
    expect(mapped).toMatchObject({ _class: 'IS', _type: 'fleet_user_is_person' });
    expect(mapped).not.toHaveProperty('_toEntityId');

    await j1Integration('run', { args });
    expect(await account.jobCount()).toBe(2);
    expect(await account.lastJob()).toMatchObject({ ...nothingChanged, numEntitiesUploaded: 8 });

    await j1Integration('run', { args, fleet: { FLEET_HOSTS: '6', FLEET_USERS: '2' } });
    expect(await account.lastJob()).toMatchObject({
      status: 'FINISHED',
      numEntitiesCreated: 1,
      numEntitiesDeleted: 1,
      numRelationshipsCreated: 0,
      numRelationshipsUpdated: 0,
    });
    const later = await account.graph();
    expect(later.entities.has('fleet_user:3')).toBe(false);
    expect(later.relationships.has('fleet_host:3|has|fleet_user:3')).toBe(false);
    expect(later.entities.has('fleet_host:6')).toBe(true);
  });

  it('run: a step that fails deletes nothing of its types', async () => {
    const args = instance();
    await j1Integration('run', { args });
    await account.lastJob();
    const failing = await j1Integration('run', { args, fleet: { FLEET_USERS_FAIL: '1', FLEET_HOSTS: '4' } });
    expect(failing.output).toContain('The directory of users does not answer.');
    const job = await account.lastJob();
    expect(job).toMatchObject({ status: 'FINISHED', numEntitiesUploaded: 4, numEntitiesDeleted: 1 });
    expect(job.partialTypes).toEqual(
      expect.arrayContaining(['fleet_user', 'fleet_host_has_user', 'fleet_user_is_person']),
    );
    const { entities, relationships } = await account.graph();
    expect(entities.has('fleet_host:5')).toBe(false);
    for (const n of [1, 2, 3]) {
      expect(entities.has(`fleet_user:${n}`)).toBe(true);
      expect(relationships.has(`fleet_host:${n}|has|fleet_user:${n}`)).toBe(true);
    }
  });

  // Version 8.41.0 takes a failed upload for a failure of its step, and finalizes with the types of that step as partial datasets.
  it('run: an upload that the product refuses leaves all of its step alone', async () => {
    const args = instance();
    await j1Integration('run', { args });
    await account.lastJob();
    const before = await account.graph();
    const { output } = await j1Integration('run', {
      args: [...args, '--disable-schema-validation'],
      fleet: { FLEET_HOSTS: '1', FLEET_NESTED_PROPERTY: '1' },
    });
    expect(output).toContain('ENTITY_UPLOAD_FAILED_VALIDATION');
    expect(await account.jobCount()).toBe(2);
    const job = await account.lastJob();
    expect(job).toMatchObject({ ...nothingChanged, numEntitiesUploaded: 3 });
    expect(job.partialTypes).toContain('fleet_host');
    expect(await account.graph()).toEqual(before);
  });

  it('run: an integration that refuses its configuration aborts the job with its reason', async () => {
    await j1Integration('run', { args: instance(), fleet: { FLEET_INVALID: '1' } });
    expect(await account.jobCount()).toBe(1);
    expect(await account.lastJob()).toMatchObject({
      status: 'ABORTED',
      statusReason: expect.stringContaining('The fleet has no address.') as string,
      numEntitiesUploaded: 0,
    });
    expect((await account.graph()).entities.size).toBe(0);
  });

  it('run --source api --scope: the scope is what a later run replaces', async () => {
    const args = ['--source', 'api', '--scope', 'fleet'];
    await j1Integration('run', { args });
    const job = await account.lastJob();
    expect(job).toMatchObject({ status: 'FINISHED', source: 'api', scope: 'fleet', numEntitiesCreated: 8 });
    await j1Integration('run', { args, fleet: { FLEET_HOSTS: '3' } });
    expect(await account.lastJob()).toMatchObject({ status: 'FINISHED', scope: 'fleet', numEntitiesDeleted: 2 });
  });

  describe('collect and sync', () => {
    let proxy: RecordingProxy;
    beforeEach(async () => {
      proxy = await startRecordingProxy(account.apiBaseUrl);
    });
    afterEach(async () => {
      await proxy.close();
    });

    it('sends what contract.md says and the graph is right; again, nothing changes', async () => {
      const args = instance();
      expect(await j1Integration('collect', {})).toMatchObject({ code: 0 });
      expect(await j1Integration('sync', { args, url: proxy.url })).toMatchObject({ code: 0 });
      const job = await account.lastJob();
      expect(job).toMatchObject({
        status: 'FINISHED',
        numEntitiesCreated: 8,
        numRelationshipsUploaded: 6,
        numRelationshipCreateErrors: 0,
      });
      expect(new Set(proxy.lines())).toEqual(
        new Set([
          'POST /persister/synchronization/jobs 200',
          'POST /persister/synchronization/jobs/:id/events 200',
          'POST /persister/synchronization/jobs/:id/entities 200',
          'POST /persister/synchronization/jobs/:id/relationships 200',
          'POST /persister/synchronization/jobs/:id/finalize 200',
        ]),
      );
      const [start] = proxy.exchanges;
      expect(JSON.parse(String(start?.body))).toEqual({
        source: 'integration-managed',
        integrationInstanceId: args[1],
      });
      expect(start?.headers).toMatchObject({ 'lifeomic-account': account.account });
      const { entities, relationships } = await account.graph();
      expect(entities.has('fleet_user:3')).toBe(true);
      expect(relationships.has('fleet_host:3|has|fleet_user:3')).toBe(true);

      expect(await j1Integration('sync', { args })).toMatchObject({ code: 0 });
      expect(await account.lastJob()).toMatchObject(nothingChanged);
    });

    it('--skip-finalize leaves the job open', async () => {
      await j1Integration('collect', {});
      await j1Integration('sync', { args: [...instance(), '--skip-finalize'], url: proxy.url });
      const [job] = (await account.api.ok('GET', '/persister/synchronization/jobs')).jobs as { id: string }[];
      const open = await account.api.job(job?.id ?? '');
      expect(open).toMatchObject({ status: 'AWAITING_UPLOADS', numEntitiesUploaded: 8, numEntitiesCreated: 0 });
      expect(proxy.lines().at(-1)).toMatch(/^(GET \S+:id|POST \S+:id\/events) 200$/);
    });

    it('takes --source api --scope, in batches of two', async () => {
      await j1Integration('collect', {});
      const args = ['--source', 'api', '--scope', 'fleet', '--upload-batch-size', '2'];
      await j1Integration('sync', { args, url: proxy.url });
      expect(await account.lastJob()).toMatchObject({ status: 'FINISHED', scope: 'fleet', numEntitiesCreated: 8 });
      const uploads = proxy.exchanges.filter(({ path }) => path.endsWith('/entities'));
      expect(uploads.length).toBeGreaterThanOrEqual(4);
    });

    it('counts a batch once whose answer got lost, and one that failed first', async () => {
      let failures = 0;
      proxy.interfere(({ path }) => {
        if (!/\/(entities|relationships)$/.test(path)) return undefined;
        failures += 1;
        if (failures === 1) return 'lose-answer';
        return failures === 3 ? { answer: 503 } : undefined;
      });
      await j1Integration('collect', {});
      await j1Integration('sync', { args: instance(), url: proxy.url });
      expect(await account.lastJob()).toMatchObject({
        status: 'FINISHED',
        numEntitiesUploaded: 8,
        numEntitiesCreated: 8,
        numRelationshipsUploaded: 6,
      });
      const first = proxy.exchanges.find(({ path }) => path.endsWith('/entities'));
      const id = first?.headers['jupiterone-correlation-id'];
      const attempts = proxy.exchanges.filter(({ headers }) => headers['jupiterone-correlation-id'] === id);
      expect(attempts.map(({ status, forwarded }) => ({ status, forwarded }))).toEqual([
        { status: 0, forwarded: true },
        { status: 200, forwarded: true },
      ]);
    });

    it('aborts the job when an upload never gets through', async () => {
      proxy.interfere(({ path }) =>
        path.endsWith('/relationships')
          ? { answer: 400, body: { error: { code: 'RELATIONSHIP_UPLOAD_FAILED_VALIDATION', message: 'refused' } } }
          : undefined,
      );
      await j1Integration('collect', {});
      const { code } = await j1Integration('sync', { args: instance(), url: proxy.url });
      expect(code).not.toBe(0);
      expect(await account.lastJob()).toMatchObject({
        status: 'ABORTED',
        numEntitiesUploaded: 8,
        numEntitiesCreated: 0,
      });
      expect((await account.graph()).entities.size).toBe(0);
    });

    it('is told that a token is wrong, and starts nothing', async () => {
      await j1Integration('collect', {});
      const { code, output } = await j1Integration('sync', {
        args: [...instance(), '--api-key', 'not-a-token-of-this-account'],
        url: proxy.url,
      });
      expect(code).toBe(1);
      expect(output).toContain('UNAUTHORIZED');
      expect(proxy.lines()).toEqual(['POST /persister/synchronization/jobs 401']);
      expect(await account.jobCount()).toBe(0);
    });
  });
});
