import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientsFolder } from './install-clients';
import { useLiveClient } from './live-client';
import { run } from './run-client';
import { pythonTests } from './with-python';

jest.setTimeout(60_000);

const { withPython, install } = pythonTests('j1nuclei');

const finding = (template: string, matcher: string) => ({
  'template-id': template,
  'matcher-name': matcher,
  template: `${template}.yaml`,
  'template-url': `https://templates.example.com/${template}`,
  type: 'http',
  info: { name: `Name of ${template}`, severity: 'high', author: ['someone', 'somebody'], description: null },
});

describe('j1nuclei 1.0.3', () => {
  let python: string;
  let folder: string;
  const live = useLiveClient(async () => {
    python = await install();
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perijove-nuclei-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const target = (key: string, findings: readonly object[]) => ({
    key,
    target: `${key}.example.com`,
    source: 'integration-managed',
    scope: 'cloud-1',
    findings,
  });

  async function report(targets: readonly object[]): Promise<void> {
    const { code, output } = await run({
      command: python,
      args: [join(clientsFolder, 'python', 'nuclei_report.py')],
      cwd: folder,
      stdin: JSON.stringify({ account: live.account.account, token: live.account.token, url: live.proxy.url, targets }),
    });
    if (code !== 0) throw new Error(output);
  }

  withPython('its findings hang on entities that another source has uploaded', async () => {
    const host = (key: string) => ({ _key: key, _type: 'cloud_host', _class: 'Host', displayName: key });
    await live.account.api.sync(
      { source: 'integration-managed', integrationInstanceId: 'cloud-1' },
      { entities: [host('web'), host('db')] },
    );
    const web = target('web', [finding('open-port', ''), finding('weak-cipher', 'tls10')]);
    const targets = [web, target('db', [finding('open-port', '')])];
    await report(targets);
    const job = await live.account.lastJob();
    expect(job).toMatchObject({
      status: 'FINISHED',
      source: 'api',
      scope: 'j1nuclei',
      // Three findings of two vulnerabilities.
      numEntitiesCreated: 5,
      numRelationshipsCreated: 6,
      numRelationshipCreateErrors: 0,
    });
    const { entities, relationships } = await live.account.graph();
    expect(relationships.get('db_nuclei_db_open-port_')).toMatchObject({
      _fromEntityId: entities.get('db')?._id,
      _toEntityId: entities.get('nuclei_db_open-port_')?._id,
    });
    expect(entities.get('nuclei_id_weak-cipher')).toMatchObject({ author: ['someone', 'somebody'], severity: 'high' });
    expect(new Set(live.proxy.lines())).toEqual(
      new Set([
        'POST /persister/synchronization/jobs 200',
        'POST /persister/synchronization/jobs/:id/upload 200',
        'GET /persister/synchronization/jobs/:id 200',
        'POST /persister/synchronization/jobs/:id/finalize 200',
      ]),
    );
    const finalize = live.proxy.exchanges.find(({ path }) => path.endsWith('/finalize'));
    expect(finalize?.body.length).toBe(0);

    await report(targets);
    expect(await live.account.lastJob()).toMatchObject({
      numEntitiesCreated: 0,
      numEntitiesUpdated: 0,
      numEntitiesDeleted: 0,
      numRelationshipsCreated: 0,
      numRelationshipsUpdated: 0,
      numRelationshipsDeleted: 0,
    });

    await report([web]);
    expect(await live.account.lastJob()).toMatchObject({ numEntitiesDeleted: 1, numRelationshipsDeleted: 2 });
    expect((await live.account.graph()).entities.has('db')).toBe(true);
  });

  withPython('a target that has gone is counted and reported, and the job still ends', async () => {
    await report([target('gone', [finding('open-port', '')])]);
    const job = await live.account.lastJob();
    expect(job).toMatchObject({
      status: 'FINISHED',
      numEntitiesCreated: 2,
      numRelationshipsCreated: 1,
      numRelationshipCreateErrors: 1,
    });
    expect(job.report[0]?.what).toContain('"gone"');
  });
});
