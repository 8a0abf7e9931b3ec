import type { DryRun, SyncJobDocument } from '../../src/contracts/sync-job';
import { LiveSuite } from '../support/live-suite';
import { outcomeCounts } from '../support/bench';

const jobs = '/persister/synchronization/jobs';
const entity = (key: string, more: object = {}) => ({ _key: key, _type: 'thing', _class: 'Thing', ...more });
const relationship = (key: string, from: string, to: string, more: object = {}) => ({
  _key: key,
  _type: 'thing_has_thing',
  _class: 'HAS',
  _fromEntityKey: from,
  _toEntityKey: to,
  ...more,
});

describe('finalize?dryRun=true', () => {
  const suite = new LiveSuite();

  const diff = (scope: string) => ({ source: 'api', scope, syncMode: 'DIFF' });
  const tryOut = async (jobId: string, body: object = {}) =>
    (await suite.api.ok('POST', `${jobs}/${jobId}/finalize?dryRun=true`, body)) as unknown as {
      job: SyncJobDocument;
      dryRun: DryRun;
    };
  /** Everything that belongs to the account, but for what a job may have of its own. */
  const contents = async () => {
    const { entities, relationships, entityVersions, relationshipVersions, rawData } = suite.database.collections;
    const owned = { _accountId: suite.account };
    return await Promise.all([
      entities.find(owned).sort({ _id: 1 }).toArray(),
      relationships.find(owned).sort({ _id: 1 }).toArray(),
      entityVersions.find(owned).sort({ _id: 1 }).toArray(),
      relationshipVersions.find(owned).sort({ _id: 1 }).toArray(),
      rawData.find({ account: suite.account }).sort({ _id: 1 }).toArray(),
      suite.database.collections.scopes.find({ account: suite.account }).toArray(),
    ]);
  };

  it('says what finalizing then does, of every kind of change, and changes nothing', async () => {
    await suite.api.sync(diff('elsewhere'), { entities: [entity('far')] });
    const raw = (text: string) => ({ _rawData: [{ name: 'doc', rawData: { text } }] });
    await suite.api.sync(diff('all'), {
      entities: [
        ...['a', 'b', 'c', 'd'].map((key) => entity(key)),
        entity('kept', { _type: 'partial' }),
        entity('raw', raw('1')),
      ],
      relationships: [relationship('ab', 'a', 'b'), relationship('bc', 'b', 'c'), relationship('cd', 'c', 'd')],
    });
    const { id } = await suite.api.start(diff('all'));
    await suite.api.upload(id, {
      entities: [entity('a', { n: 1 }), entity('b'), entity('d'), entity('raw', raw('2')), entity('new', raw('3'))],
      deleteEntities: [{ _key: 'd' }, { _key: 'nobody' }],
    });
    await suite.api.upload(id, {
      relationships: [
        relationship('ab', 'a', 'b', { n: 1 }),
        relationship('bc', 'b', 'new'),
        relationship('far', 'new', 'far', { _toEntitySource: 'api', _toEntityScope: 'elsewhere' }),
        relationship('lost', 'a', 'c'),
      ],
    });
    const before = await contents();
    const job = await suite.api.job(id);
    const partial = { partialDatasets: { types: ['partial'] } };
    const { dryRun, job: after } = await tryOut(id, partial);
    expect(await contents()).toEqual(before);
    expect(after).toEqual(job);
    expect(await suite.database.collections.planPages.countDocuments({ jobId: id, type: { $ne: 'dryRun' } })).toBe(0);
    expect(dryRun).toMatchObject({ status: 'FINISHED', estimated: false, uploads: 2, partialTypes: ['partial'] });
    expect(dryRun.sample).toEqual({
      entities: { created: ['new'], updated: ['a'], deleted: ['c', 'd'] },
      relationships: {
        created: expect.arrayContaining(['bc', 'far']),
        updated: ['ab'],
        deleted: expect.arrayContaining(['bc', 'cd']),
      },
    });
    expect(dryRun.report.map(({ where }) => where)).toContain('relationship lost');
    expect(await suite.api.ok('GET', `${jobs}/${id}/dryRun`)).toEqual({ job, dryRun });

    await suite.api.finalize(id, partial);
    const finished = await suite.api.untilEnded(id);
    expect(finished.status).toBe('FINISHED');
    expect(dryRun.counts).toEqual(outcomeCounts(finished));
    // The workflow clears away after the job has ended.
    await suite.client.workflow.getHandle(finished.workflowId).result();
    expect((await suite.api.request('GET', `${jobs}/${id}/dryRun`)).status).toBe(404);
  });

  it('can be asked again after more uploads, and looks into the bulk file', async () => {
    const { id } = await suite.api.start(diff('again'));
    await suite.api.upload(id, { entities: [entity('a')] });
    expect((await tryOut(id)).dryRun.counts).toEqual({ numEntitiesCreated: 1 });
    await suite.api.upload(id, { entities: [entity('b')] });
    const { uploadUrl } = await suite.api.ok('POST', `${jobs}/${id}/uploadUrl`);
    const body = JSON.stringify({ entities: [entity('c')], relationships: [relationship('ac', 'a', 'c')] });
    expect((await fetch(uploadUrl as string, { method: 'PUT', body })).status).toBe(200);
    const { dryRun, job } = await tryOut(id);
    expect(dryRun).toMatchObject({ uploads: 3, counts: { numEntitiesCreated: 3, numRelationshipsCreated: 1 } });
    expect(job).toMatchObject({ status: 'AWAITING_UPLOADS', numEntitiesUploaded: 2 });
    await suite.api.finalize(id);
    const finished = await suite.api.untilEnded(id);
    expect(outcomeCounts(finished)).toEqual(dryRun.counts);
    expect(finished.numEntitiesUploaded).toBe(3);
  });

  it('says of bad data what is bad, and the job goes on', async () => {
    const { id } = await suite.api.start(diff('bad'));
    await suite.api.upload(id, { entities: [entity('a', { n: 1 })] });
    await suite.api.upload(id, { entities: [entity('a', { n: 2 })] });
    const { dryRun, job } = await tryOut(id);
    expect(dryRun).toMatchObject({ status: 'ERROR_BAD_DATA', counts: {} });
    expect(dryRun.report).toEqual([expect.objectContaining({ where: 'entity _key "a"' })]);
    expect(job.status).toBe('AWAITING_UPLOADS');
  });

  it('is refused once the job is closed', async () => {
    const { id } = await suite.api.start(diff('closed'));
    await suite.api.finalize(id);
    const late = await suite.api.request('POST', `${jobs}/${id}/finalize?dryRun=true`);
    expect(late.status).toBe(400);
    expect(late.body.error).toMatchObject({ code: 'JOB_NOT_AWAITING_UPLOADS' });
  });

  it('answers 409 while another job of the scope is being finalized', async () => {
    const { id } = await suite.api.start(diff('busy'));
    await suite.api.sync(diff('busy'), {});
    await suite.database.collections.scopes.updateOne(
      { account: suite.account, scope: 'busy' },
      { $push: { queue: 'another-job' } },
    );
    const busy = await suite.api.request('POST', `${jobs}/${id}/finalize?dryRun=true`);
    await suite.database.collections.scopes.updateOne(
      { account: suite.account, scope: 'busy' },
      { $pull: { queue: 'another-job' } },
    );
    expect(busy.status).toBe(409);
    expect(busy.body.error).toMatchObject({ code: 'SCOPE_BUSY', message: expect.stringContaining('another-job') });
    expect((await tryOut(id)).dryRun.status).toBe('FINISHED');
  });

  it('is an update of the workflow too, which answers with numbers and without keys', async () => {
    const job = await suite.api.start(diff('cli'));
    await suite.api.upload(job.id, { entities: [entity('secret-key'), entity('b')] });
    const handle = suite.client.workflow.getHandle(job.workflowId);
    const answer = await handle.executeUpdate('finalize', { args: [{ dryRun: true }] });
    expect(answer).toMatchObject({
      status: 'AWAITING_UPLOADS',
      dryRun: { status: 'FINISHED', reason: null, counts: { numEntitiesCreated: 2 }, estimated: false },
    });
    await expect(handle.executeUpdate('finalize', { args: [{ dryRun: 'yes' }] })).rejects.toThrow();
    for (let i = 0; i < 5; i++) await tryOut(job.id);
    const chain: number[] = [];
    await suite.api.finalize(job.id);
    await suite.api.untilEnded(job.id);
    for await (const run of suite.client.workflow.list({ query: `WorkflowId = '${job.workflowId}'` })) {
      const { events } = await suite.client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
      expect(JSON.stringify(events)).not.toContain('secret-key');
      chain.push(events?.length ?? 0);
    }
    expect(chain.length).toBeGreaterThan(1);
    expect(Math.max(...chain)).toBeLessThanOrEqual(35);
  }, 60_000);

  it('gives the counts of many thousand objects with their relationships', async () => {
    const many = Array.from({ length: 6_000 }, (_, i) => entity(`k${i}`, { n: i }));
    const edges = many.slice(1).map(({ _key }, i) => relationship(`r|${_key}`, `k${i}`, _key));
    await suite.api.sync(diff('many'), { entities: many, relationships: edges });
    const { id } = await suite.api.start(diff('many'));
    const present = many.slice(1_000).map((object, i) => (i % 10 === 0 ? { ...object, n: -1 } : object));
    await suite.api.upload(id, { entities: present.slice(0, 3_000), relationships: edges.slice(0, 3_000) });
    await suite.api.upload(id, {
      entities: [...present.slice(3_000), entity('added')],
      relationships: edges.slice(3_000),
    });
    const { dryRun } = await tryOut(id);
    await suite.api.finalize(id);
    expect(outcomeCounts(await suite.api.untilEnded(id))).toEqual(dryRun.counts);
    expect(dryRun.counts).toMatchObject({ numEntitiesDeleted: 1_000, numEntitiesUpdated: 500, numEntitiesCreated: 1 });
    expect(dryRun.sample.entities.deleted).toHaveLength(20);
    const sampled = { _accountId: suite.account, _scope: 'many', _key: { $in: [...dryRun.sample.entities.deleted] } };
    expect(await suite.database.collections.entities.countDocuments({ ...sampled, _deleted: true })).toBe(20);
  }, 60_000);
});
