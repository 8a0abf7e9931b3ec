import { gzipSync } from 'node:zlib';
import type { DryRun } from '../../../src/contracts/sync-job';
import { buildTestApp, jobs, otherCredentials } from './build-test-app';

const upload = { entities: [{ _key: 'a', _type: 't' }], relationships: [{ _key: 'r', _type: 't' }] };

const none = { created: [], updated: [], deleted: [] };
const result: DryRun = {
  status: 'FINISHED',
  statusReason: null,
  report: [],
  counts: { numEntitiesCreated: 1 },
  sample: { entities: { ...none, created: ['a'] }, relationships: none },
  estimated: false,
  uploads: 1,
  partialTypes: ['t'],
  on: 1,
};

describe('synchronization API', () => {
  it('takes a job from start to finalize, with 200 all the way', async () => {
    const { call, tenants } = buildTestApp();
    const started = await call({ method: 'POST', url: jobs, payload: { source: 'api', scope: 's', syncMode: null } });
    expect(started.statusCode).toBe(200);
    const { job } = started.json<{ job: { id: string } }>();
    expect(job).toMatchObject({ source: 'api', scope: 's', status: 'AWAITING_UPLOADS', syncMode: 'DIFF' });

    const uploaded = await call({ method: 'POST', url: `${jobs}/${job.id}/upload`, payload: upload });
    expect(uploaded.statusCode).toBe(200);
    expect(uploaded.json()).toMatchObject({ job: { numEntitiesUploaded: 1, numRelationshipsUploaded: 1 } });
    expect(tenants.uploads).toHaveLength(1);

    const finalized = await call({
      method: 'POST',
      url: `${jobs}/${job.id}/finalize`,
      payload: { partialDatasets: { types: ['t'] } },
    });
    expect(finalized.statusCode).toBe(200);
    expect(finalized.json()).toMatchObject({ job: { status: 'FINALIZE_PENDING', partialTypes: ['t'] } });

    const read = await call({ method: 'GET', url: `${jobs}/${job.id}` });
    expect(read.json()).toMatchObject({ job: { id: job.id, status: 'FINALIZE_PENDING' } });
  });

  it('holds the answer of a client that waits back until the job has ended, or the time is over', async () => {
    const { call, start } = buildTestApp();
    const url = `${jobs}/${await start()}`;
    const statusOf = async (query: string) => (await call({ url: url + query })).json<{ job: object }>().job;
    expect(await statusOf('?wait=0.06')).toMatchObject({ status: 'AWAITING_UPLOADS', done: false });
    const waiting = statusOf('?wait=20');
    await call({ method: 'POST', url: `${url}/abort` });
    expect(await waiting).toMatchObject({ status: 'ABORTED', done: true });
    expect((await call({ url: `${url}?wait=long` })).statusCode).toBe(400);
  });

  it('answers clients that wait when the server closes', async () => {
    const { app, call, start } = buildTestApp();
    const waiting = call({ url: `${jobs}/${await start()}?wait=20` });
    await call({ url: jobs });
    await app.close();
    expect((await waiting).json()).toMatchObject({ job: { status: 'AWAITING_UPLOADS' } });
  });

  it.each(['finalize', 'abort', 'uploadUrl'])('takes an empty %s with a JSON content type', async (action) => {
    const { call, start } = buildTestApp();
    const response = await call({
      method: 'POST',
      url: `${jobs}/${await start()}/${action}`,
      headers: { 'content-type': 'application/json' },
    });
    expect(response.statusCode).toBe(200);
  });

  it.each([
    ['the query string', '?dryRun=true', {}],
    ['the query string, as Python writes it', '?dryRun=True', {}],
    ['the body', '', { dryRun: true }],
  ])('finalizes as a dry run when %s says so, and the job goes on', async (_, query, more) => {
    const { call, start, tenants } = buildTestApp();
    const jobId = await start();
    const url = `${jobs}/${jobId}`;
    const payload = { partialDatasets: { types: ['t'] }, ...more };
    const ask = async () => (await call({ method: 'POST', url: `${url}/finalize${query}`, payload })).json<object>();
    // There is no worker here that would find it out.
    expect(await ask()).toMatchObject({ job: { status: 'AWAITING_UPLOADS' }, dryRun: { status: 'RUNNING' } });
    expect((await call({ url: `${url}/dryRun` })).statusCode).toBe(404);
    tenants.database.dryRuns.set(jobId, result);
    expect(await ask()).toMatchObject({ job: { status: 'AWAITING_UPLOADS' }, dryRun: result });
    expect((await call({ url: `${url}/dryRun` })).json()).toEqual(await ask());
  });

  it('reads gzip, whatever the content type says beside it', async () => {
    const { call, start } = buildTestApp();
    const response = await call({
      method: 'POST',
      url: `${jobs}/${await start()}/entities`,
      headers: { 'content-type': 'application/json; charset=utf-8', 'content-encoding': 'gzip' },
      payload: gzipSync(JSON.stringify(upload)),
    });
    expect(response.json()).toMatchObject({ job: { numEntitiesUploaded: 1, numRelationshipsUploaded: 0 } });
  });

  it("answers for another account's job as for one that does not exist", async () => {
    const { call, start } = buildTestApp();
    const jobId = await start();
    const unknown = '00000000-0000-4000-8000-000000000000';
    const foreign = await call({ method: 'GET', url: `${jobs}/${jobId}`, headers: otherCredentials });
    const missing = await call({ method: 'GET', url: `${jobs}/${unknown}`, headers: otherCredentials });
    expect(foreign.statusCode).toBe(404);
    expect(foreign.body.replace(jobId, '')).toBe(missing.body.replace(unknown, ''));
  });
});
