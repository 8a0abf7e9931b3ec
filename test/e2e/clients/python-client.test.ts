import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { SyncJobDocument } from '../../../src/contracts/sync-job';
import { clientsFolder } from './install-clients';
import { useLiveClient } from './live-client';
import { run } from './run-client';
import { pythonTests } from './with-python';

jest.setTimeout(60_000);

type Call = readonly [method: string, args: Readonly<Record<string, unknown>>];
interface Result {
  readonly ok?: { readonly job: SyncJobDocument };
  readonly error?: string;
}

const entity = (key: string, more: object = {}) => ({
  _key: key,
  _type: 'fleet_host',
  _class: 'Host',
  displayName: key,
  ...more,
});
const has = (from: string, to: string) => ({
  _key: `${from}|has|${to}`,
  _type: 'fleet_host_has_host',
  _class: 'HAS',
  _fromEntityKey: from,
  _toEntityKey: to,
});
const upload = 'upload_entities_batch_json';
const finalize: Call = ['finalize_sync_job', { instance_job_id: '$job' }];

const { withPython, install } = pythonTests('the Python client');

describe('the Python client 2.4.0', () => {
  let python: string;
  const live = useLiveClient(async () => {
    python = await install();
  });

  async function client(calls: readonly Call[], { url = live.account.apiBaseUrl, token = live.account.token } = {}) {
    const { code, stdout, output } = await run({
      command: python,
      args: [join(clientsFolder, 'python', 'sync_job.py')],
      stdin: JSON.stringify({ account: live.account.account, token, url, calls }),
    });
    if (code !== 0) throw new Error(output);
    return JSON.parse(stdout) as Result[];
  }

  const onJob = (method: string, args: object): Call => [method, { instance_job_id: '$job', ...args }];
  const start = (args: object): Call => ['start_sync_job', { ...args }];

  withPython('DIFF of an instance: uploads of each kind, finalize; again with less, which deletes', async () => {
    const instance = { instance_id: `instance-${randomUUID()}`, source: 'integration-external', sync_mode: 'DIFF' };
    const results = await client([
      start(instance),
      onJob(upload, { entities_list: [entity('a'), entity('b', { n: 1, list: ['x', 'y'] })] }),
      onJob('upload_relationships_batch_json', { relationships_list: [has('a', 'b')] }),
      onJob('upload_combined_batch_json', {
        combined_payload: { entities: [entity('c')], relationships: [has('b', 'c')] },
      }),
      finalize,
    ]);
    expect(results.map(({ error }) => error)).toEqual(Array.from({ length: 5 }, () => undefined));
    const job = await live.account.lastJob();
    expect(results[0]?.ok?.job).toMatchObject({ id: job.id, integrationJobId: job.id, status: 'AWAITING_UPLOADS' });
    expect(job).toMatchObject({
      status: 'FINISHED',
      source: 'integration-external',
      integrationInstanceId: instance.instance_id,
      numEntitiesUploaded: 3,
      numEntitiesCreated: 3,
      numRelationshipsUploaded: 2,
      numRelationshipsCreated: 2,
    });
    const { entities, relationships } = await live.account.graph();
    expect([...entities.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(entities.get('b')).toMatchObject({ n: 1, list: ['x', 'y'] });
    expect(relationships.get('b|has|c')).toMatchObject({ _toEntityId: entities.get('c')?._id });

    await client([start(instance), onJob(upload, { entities_list: [entity('a'), entity('b', { n: 2 })] }), finalize]);
    expect(await live.account.lastJob()).toMatchObject({
      status: 'FINISHED',
      numEntitiesUpdated: 1,
      numEntitiesDeleted: 1,
      numRelationshipsDeleted: 2,
    });
  });

  withPython('PATCH keeps what is not sent; bulk_delete_entities deletes by _id and by whole entity', async () => {
    const patch = start({ source: 'api', sync_mode: 'PATCH' });
    const create = start({ source: 'api', sync_mode: 'CREATE_OR_UPDATE' });
    const three = ['a', 'b', 'c'].map((key) => entity(key, { n: 1 }));
    await client([create, onJob(upload, { entities_list: three }), finalize]);
    expect(await live.account.lastJob()).toMatchObject({ status: 'FINISHED', numEntitiesCreated: 3 });

    await client([patch, onJob(upload, { entities_list: [{ ...entity('a'), more: true }] }), finalize]);
    expect(await live.account.lastJob()).toMatchObject({
      status: 'FINISHED',
      numEntitiesUpdated: 1,
      numEntitiesDeleted: 0,
    });
    const { entities } = await live.account.graph();
    expect(entities.get('a')).toMatchObject({ n: 1, more: true });

    const doomed = [{ _id: entities.get('a')?._id }, entity('b', { _id: entities.get('b')?._id })];
    const results = await client([
      create,
      onJob('bulk_delete_entities', { entities_list: [...doomed, { _id: randomUUID() }] }),
      finalize,
    ]);
    expect(results.every(({ ok }) => ok !== undefined)).toBe(true);
    expect(await live.account.lastJob()).toMatchObject({
      status: 'FINISHED',
      numEntitiesDeleted: 2,
      numEntityDeleteErrors: 1,
    });
    expect([...(await live.account.graph()).entities.keys()]).toEqual(['c']);
  });

  withPython('abort_sync_job ends the job; nothing of it is in the graph, and nothing more is taken', async () => {
    const results = await client([
      start({ instance_id: `instance-${randomUUID()}`, source: 'integration-external' }),
      onJob(upload, { entities_list: [entity('a')] }),
      ['abort_sync_job', { instance_job_id: '$job' }],
      onJob(upload, { entities_list: [entity('b')] }),
    ]);
    expect(results.slice(0, 3).map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect(results[3]?.error).toContain('JOB_NOT_AWAITING_UPLOADS');
    expect(await live.account.lastJob()).toMatchObject({
      status: 'ABORTED',
      numEntitiesUploaded: 1,
      numEntitiesCreated: 0,
    });
    expect((await live.account.graph()).entities.size).toBe(0);
  });

  withPython('errors reach the caller in words: no scope, a bad entity, a wrong token', async () => {
    const [unscoped, , bad] = await client([
      start({ source: 'api', sync_mode: 'DIFF' }),
      start({ source: 'api', sync_mode: 'CREATE_OR_UPDATE' }),
      onJob(upload, { entities_list: [entity('a', { nested: { property: true } })] }),
    ]);
    expect(unscoped?.error).toMatch(/^400:.*scope/);
    expect(bad?.error).toMatch(/^400:.*ENTITY_UPLOAD_FAILED_VALIDATION.*nested/s);
    const [refused] = await client([start({ source: 'api' })], { token: 'not-a-token-of-this-account' });
    expect(refused?.error).toContain('401: Unauthorized');
  });

  withPython('sends what contract.md says', async () => {
    const { proxy } = live;
    await client([start({ instance_id: 'i-1', source: 'integration-external' }), finalize], { url: proxy.url });
    expect(proxy.lines()).toEqual([
      'POST /persister/synchronization/jobs 200',
      'POST /persister/synchronization/jobs/:id/finalize 200',
    ]);
    const bodies = proxy.exchanges.map(({ body }) => JSON.parse(body.toString()) as unknown);
    expect(bodies).toEqual([{ source: 'integration-external', syncMode: null, integrationInstanceId: 'i-1' }, {}]);
    expect(proxy.exchanges[0]?.headers).toMatchObject({ 'jupiterone-account': live.account.account });
  });
});
