import { installNodeClients } from './install-clients';
import { nothingChanged, someInstance, useIntegrationProject } from './integration-project';
import { useLiveClient } from './live-client';

jest.setTimeout(120_000);

describe('j1-integration collect and sync of the integration SDK 8.41.0', () => {
  const live = useLiveClient(installNodeClients);
  const on = useIntegrationProject(live);

  it('sends what contract.md says and the graph is right; again, nothing changes', async () => {
    const args = someInstance();
    expect(await on.project.j1Integration('collect')).toMatchObject({ code: 0 });
    expect(await on.project.j1Integration('sync', { args, url: live.proxy.url })).toMatchObject({ code: 0 });
    const job = await live.account.lastJob();
    expect(job).toMatchObject({
      status: 'FINISHED',
      numEntitiesCreated: 8,
      numRelationshipsUploaded: 6,
      numRelationshipCreateErrors: 0,
    });
    expect(new Set(live.proxy.lines())).toEqual(
      new Set([
        'POST /persister/synchronization/jobs 200',
        'POST /persister/synchronization/jobs/:id/events 200',
        'POST /persister/synchronization/jobs/:id/entities 200',
        'POST /persister/synchronization/jobs/:id/relationships 200',
        'POST /persister/synchronization/jobs/:id/finalize 200',
      ]),
    );
    const [start] = live.proxy.exchanges;
    expect(JSON.parse(String(start?.body))).toEqual({
      source: 'integration-managed',
      integrationInstanceId: args[1],
    });
    expect(start?.headers).toMatchObject({ 'lifeomic-account': live.account.account });
    const { entities, relationships } = await live.account.graph();
    expect(entities.has('fleet_user:3')).toBe(true);
    expect(relationships.has('fleet_host:3|has|fleet_user:3')).toBe(true);

    expect(await on.project.j1Integration('sync', { args })).toMatchObject({ code: 0 });
    expect(await live.account.lastJob()).toMatchObject(nothingChanged);
  });

  it('--skip-finalize leaves the job open', async () => {
    await on.project.j1Integration('collect');
    await on.project.j1Integration('sync', { args: [...someInstance(), '--skip-finalize'], url: live.proxy.url });
    const [job] = (await live.account.api.ok('GET', '/persister/synchronization/jobs')).jobs as { id: string }[];
    const open = await live.account.api.job(job?.id ?? '');
    expect(open).toMatchObject({ status: 'AWAITING_UPLOADS', numEntitiesUploaded: 8, numEntitiesCreated: 0 });
    expect(live.proxy.lines().at(-1)).toMatch(/^(GET \S+:id|POST \S+:id\/events) 200$/);
  });

  it('takes --source api --scope, in batches of two', async () => {
    await on.project.j1Integration('collect');
    const args = ['--source', 'api', '--scope', 'fleet', '--upload-batch-size', '2'];
    await on.project.j1Integration('sync', { args, url: live.proxy.url });
    expect(await live.account.lastJob()).toMatchObject({ status: 'FINISHED', scope: 'fleet', numEntitiesCreated: 8 });
    const uploads = live.proxy.exchanges.filter(({ path }) => path.endsWith('/entities'));
    expect(uploads.length).toBeGreaterThanOrEqual(4);
  });

  it('counts a batch once whose answer got lost, and one that failed first', async () => {
    let failures = 0;
    live.proxy.interfere(({ path }) => {
      if (!/\/(entities|relationships)$/.test(path)) return undefined;
      failures += 1;
      if (failures === 1) return 'lose-answer';
      return failures === 3 ? { answer: 503 } : undefined;
    });
    await on.project.j1Integration('collect');
    await on.project.j1Integration('sync', { args: someInstance(), url: live.proxy.url });
    expect(await live.account.lastJob()).toMatchObject({
      status: 'FINISHED',
      numEntitiesUploaded: 8,
      numEntitiesCreated: 8,
      numRelationshipsUploaded: 6,
    });
    const first = live.proxy.exchanges.find(({ path }) => path.endsWith('/entities'));
    const id = first?.headers['jupiterone-correlation-id'];
    const attempts = live.proxy.exchanges.filter(({ headers }) => headers['jupiterone-correlation-id'] === id);
    expect(attempts.map(({ status, forwarded }) => ({ status, forwarded }))).toEqual([
      { status: 0, forwarded: true },
      { status: 200, forwarded: true },
    ]);
  });

  it('aborts the job when an upload never gets through', async () => {
    live.proxy.interfere(({ path }) =>
      path.endsWith('/relationships')
        ? { answer: 400, body: { error: { code: 'RELATIONSHIP_UPLOAD_FAILED_VALIDATION', message: 'refused' } } }
        : undefined,
    );
    await on.project.j1Integration('collect');
    const { code } = await on.project.j1Integration('sync', { args: someInstance(), url: live.proxy.url });
    expect(code).not.toBe(0);
    expect(await live.account.lastJob()).toMatchObject({
      status: 'ABORTED',
      numEntitiesUploaded: 8,
      numEntitiesCreated: 0,
    });
    expect((await live.account.graph()).entities.size).toBe(0);
  });

  it('is told that a token is wrong, and starts nothing', async () => {
    await on.project.j1Integration('collect');
    const { code, output } = await on.project.j1Integration('sync', {
      args: [...someInstance(), '--api-key', 'not-a-token-of-this-account'],
      url: live.proxy.url,
    });
    expect(code).toBe(1);
    expect(output).toContain('UNAUTHORIZED');
    expect(live.proxy.lines()).toEqual(['POST /persister/synchronization/jobs 401']);
    expect(await live.account.jobCount()).toBe(0);
  });
});
