import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { clientsFolder, installNodeClients } from './install-clients';
import { useLiveClient } from './live-client';
import type { Exchange } from './recording-proxy';
import { run } from './run-client';

jest.setTimeout(120_000);

describe('the runtime of the integration SDK 17.4.0 as a library', () => {
  const live = useLiveClient(installNodeClients);
  let storage: string;

  beforeEach(async () => {
    storage = await mkdtemp(join(tmpdir(), 'perijove-library-'));
  });
  afterEach(async () => {
    await rm(storage, { recursive: true, force: true });
  });

  const instance = () => ({ source: 'integration-managed', integrationInstanceId: `instance-${randomUUID()}` });

  async function sync(options: object, fleet: Record<string, string> = {}): Promise<Record<string, unknown>> {
    const { account: name, token } = live.account;
    const settings = { apiBaseUrl: live.proxy.url, account: name, accessToken: token, storage, compressUploads: true };
    const { stdout, output } = await run({
      command: process.execPath,
      args: [join(clientsFolder, 'library', 'sync.js'), JSON.stringify({ ...settings, ...options })],
      env: { DISABLE_DISK_USAGE_METRIC: '1', ...fleet },
    });
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    if (!last.startsWith('{')) throw new Error(output);
    return JSON.parse(last) as Record<string, unknown>;
  }

  const uploadsOf = (kind: 'entities' | 'relationships'): readonly Exchange[] =>
    live.proxy.exchanges.filter(({ path }) => path.endsWith(`/${kind}`));
  const correlationId = ({ headers }: Exchange): unknown => headers['jupiterone-correlation-id'];

  it('uploads gzip in batches by size; the graph is right and a second run changes nothing', async () => {
    const options = { ...instance(), uploadBatchSizeInBytes: 50_000 };
    const fleet = { FLEET_HOSTS: '300', FLEET_USERS: '40', FLEET_LOG_LENGTH: '500' };
    expect(await sync(options, fleet)).toMatchObject({ job: { status: 'FINALIZE_PENDING' } });
    const job = await live.account.lastJob();
    expect(job).toMatchObject({
      status: 'FINISHED',
      numEntitiesUploaded: 340,
      numEntitiesCreated: 340,
      numEntityRawDataEntriesUploaded: 340,
      numRelationshipsUploaded: 80,
      numRelationshipCreateErrors: 0,
    });
    const uploads = uploadsOf('entities');
    expect(uploads.length).toBeGreaterThan(4);
    let sent = 0;
    for (const upload of uploads) {
      expect(upload.headers).toMatchObject({ 'content-encoding': 'gzip', 'jupiterone-account': live.account.account });
      sent += (JSON.parse(gunzipSync(upload.body).toString()) as { entities: unknown[] }).entities.length;
    }
    expect(sent).toBe(340);
    const { entities, relationships } = await live.account.graph();
    expect([...entities.keys()].filter((key) => key.startsWith('fleet_'))).toHaveLength(340);
    expect(relationships.get('fleet_host:40|has|fleet_user:40')).toMatchObject({
      _fromEntityId: entities.get('fleet_host:40')?._id,
      _toEntityId: entities.get('fleet_user:40')?._id,
    });

    await sync(options, fleet);
    expect(await live.account.lastJob()).toMatchObject({
      status: 'FINISHED',
      numEntitiesUploaded: 340,
      numEntitiesCreated: 0,
      numEntitiesUpdated: 0,
      numEntitiesDeleted: 0,
      numRelationshipsCreated: 0,
      numRelationshipsDeleted: 0,
    });
  });

  it.each([
    ['gzip', true],
    ['plain', false],
  ])(
    '%s: a batch whose answers get lost or fail is sent again under its id, and counts once',
    async (_, compressUploads) => {
      const seen = new Map<unknown, number>();
      live.proxy.interfere((exchange) => {
        if (correlationId(exchange) === undefined) return undefined;
        const attempt = (seen.get(correlationId(exchange)) ?? 0) + 1;
        seen.set(correlationId(exchange), attempt);
        if (attempt === 1) return exchange.path.endsWith('/entities') ? 'lose-answer' : { answer: 503 };
        return undefined;
      });
      await sync({ ...instance(), compressUploads });
      expect(await live.account.lastJob()).toMatchObject({
        status: 'FINISHED',
        numEntitiesUploaded: 8,
        numEntitiesCreated: 8,
        numRelationshipsUploaded: 6,
        numRelationshipCreateErrors: 0,
        partialTypes: [],
      });
      expect(Math.min(...seen.values())).toBeGreaterThanOrEqual(2);
      // After a failure the transport of the SDK gzips a gzipped body once more; that is refused, never half understood.
      const statuses = new Set(uploadsOf('entities').map(({ status }) => status));
      expect([...statuses].filter((status) => status >= 500)).toEqual([]);
    },
  );

  it('a batch that is too large comes again, smaller, under the same id', async () => {
    let refusals = 0;
    live.proxy.interfere(({ path }) => {
      if (!path.endsWith('/entities') || refusals > 0) return undefined;
      refusals += 1;
      return { answer: 413, body: { error: { code: 'RequestEntityTooLargeException', message: 'too large' } } };
    });
    await sync(instance(), { FLEET_LOG_LENGTH: '100000', FLEET_HOSTS: '60' });
    expect(await live.account.lastJob()).toMatchObject({
      status: 'FINISHED',
      numEntitiesUploaded: 63,
      numEntitiesCreated: 63,
      partialTypes: [],
    });
    const [refused] = uploadsOf('entities');
    const again = uploadsOf('entities').filter((upload) => refused && correlationId(upload) === correlationId(refused));
    expect(again.map(({ status }) => status)).toEqual([413, 200]);
    expect(gunzipSync(again[1]?.body ?? '').length).toBeLessThan(gunzipSync(refused?.body ?? '').length);
  });

  it('repeats finalize until the answer arrives', async () => {
    let lost = 0;
    live.proxy.interfere(({ path }) => (path.endsWith('/finalize') && (lost += 1) <= 2 ? 'lose-answer' : undefined));
    const { job } = await sync(instance());
    expect(job).toMatchObject({ numEntitiesUploaded: 8 });
    expect(await live.account.lastJob()).toMatchObject({ status: 'FINISHED', numEntitiesCreated: 8 });
    expect(await live.account.jobCount()).toBe(1);
    expect(live.proxy.lines().some((line) => line.includes('/abort'))).toBe(false);
  });

  it('ends a job for a bad configuration with the status that says so', async () => {
    await sync(instance(), { FLEET_INVALID: '1' });
    expect(await live.account.lastJob()).toMatchObject({
      status: 'ABORTED_DUE_TO_INVALID_CONFIGURATION',
      statusReason: expect.stringContaining('The fleet has no address.') as string,
    });
  });

  it('publishes its events', async () => {
    await sync(instance());
    const { id } = await live.account.lastJob();
    const names = live.proxy.exchanges
      .filter(({ path }) => path.endsWith(`/${id}/events`))
      .map(({ body, status }) => {
        expect(status).toBe(200);
        return (JSON.parse(body.toString()) as { events: { name: string }[] }).events[0]?.name;
      });
    expect(names).toEqual(expect.arrayContaining(['step_start', 'step_end']));
    const stored = await live.database.collections.syncJobEvents
      .find({ account: live.account.account, jobId: id })
      .toArray();
    expect(stored.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it('is refused at the start when the source is an integration and no instance is named', async () => {
    expect(await sync({ source: 'integration-managed' })).toMatchObject({
      error: { message: expect.stringContaining('"integrationInstanceId" is required') as string },
    });
    expect(live.proxy.lines()).toEqual(['POST /persister/synchronization/jobs 400']);
  });
});
