import { ApiError, batchesOf, createSyncClient, waitForEnd } from '../../../../scripts/demo/client';
import { buildEntity, relate } from '../../../../scripts/demo/collect/graph';
import { JobFailed, synchronize } from '../../../../scripts/demo/synchronize';
import { startStandIn, type Answer, type SeenRequest, type StandIn } from './sync-api-stand-in';

const JOB = 'a1b2c3d4-0000-4000-8000-000000000001';
const ROOT = '/persister/synchronization/jobs';
const job = (status: string, counts: Record<string, number> = {}): Answer => ({
  body: { job: { id: JOB, status, ...counts } },
});

let api: StandIn;
afterEach(() => api.close());

async function serve(answer: (request: SeenRequest, before: readonly SeenRequest[]) => Answer) {
  api = await startStandIn(answer);
  return createSyncClient({ apiBaseUrl: `${api.apiBaseUrl}/`, account: 'acme', token: 'token-1' });
}

const entity = (index: number) =>
  buildEntity({
    key: `thing:${index}`,
    type: 'thing',
    classes: ['Host'],
    displayName: `${index}`,
    properties: { index },
  });
const entities = Array.from({ length: 2_001 }, (_, index) => entity(index));
const relationships = entities.slice(1).map((one) => relate(entity(0), 'HAS', one));

/** Answers as the product does: two polls under way, then finished. */
function happy(request: SeenRequest, before: readonly SeenRequest[]): Answer {
  if (request.method === 'GET') {
    const polls = before.filter(({ method }) => method === 'GET').length;
    return polls < 2 ? job('FINALIZING_ENTITIES') : job('FINISHED', { numEntitiesCreated: 2_001 });
  }
  return job(request.path.endsWith('/finalize') ? 'FINALIZE_PENDING' : 'AWAITING_UPLOADS');
}

it('sends one whole DIFF job in batches', async () => {
  const client = await serve(happy);
  const progress: string[] = [];
  const result = await synchronize({
    client,
    scope: 'demo-here',
    entities,
    relationships,
    onProgress: (what) => progress.push(what),
    wait: { firstDelayMs: 1, longestDelayMs: 2 },
  });
  expect(result.job).toMatchObject({ status: 'FINISHED', numEntitiesCreated: 2_001, numEntitiesDeleted: 0 });
  expect(api.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `POST ${ROOT}`,
    ...Array.from({ length: 3 }, () => `POST ${ROOT}/${JOB}/entities`),
    ...Array.from({ length: 2 }, () => `POST ${ROOT}/${JOB}/relationships`),
    `POST ${ROOT}/${JOB}/finalize`,
    ...Array.from({ length: 3 }, () => `GET ${ROOT}/${JOB}`),
  ]);
  expect(api.seen[0]?.body).toEqual({ source: 'api', scope: 'demo-here', syncMode: 'DIFF' });
  for (const { headers } of api.seen) {
    expect(headers).toMatchObject({ authorization: 'Bearer token-1', 'jupiterone-account': 'acme' });
  }
  const sent = (path: string, member: string): unknown[] =>
    api.seen
      .filter((request) => request.path.endsWith(path))
      .flatMap(({ body }) => (body as Record<string, unknown[]>)[member] ?? []);
  expect(sent('/entities', 'entities')).toEqual(entities);
  expect(sent('/relationships', 'relationships')).toEqual(relationships);
  expect(progress).toContain('uploaded 2,001 of 4,001 objects');
});

it('shows code and message of a refusal, and aborts the job', async () => {
  const client = await serve((request) =>
    request.path.endsWith('/entities')
      ? {
          status: 400,
          body: { error: { code: 'ENTITY_UPLOAD_FAILED_VALIDATION', message: 'entities[0] lacks _type.' } },
        }
      : job('AWAITING_UPLOADS'),
  );
  const failure = await synchronize({ client, scope: 's', entities, relationships }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApiError);
  expect(failure).toMatchObject({
    code: 'ENTITY_UPLOAD_FAILED_VALIDATION',
    status: 400,
    message: `The API refused POST ${ROOT}/${JOB}/entities with status 400, ENTITY_UPLOAD_FAILED_VALIDATION: entities[0] lacks _type.`,
  });
  expect(api.seen.at(-1)).toMatchObject({ path: `${ROOT}/${JOB}/abort`, body: { reason: 'The upload failed.' } });
});

it.each(['ERROR_BAD_DATA', 'ABORTED', 'UNKNOWN', 'SOMETHING_NEW'])('fails when the job ends %s', async (status) => {
  const client = await serve((request) => job(request.method === 'GET' ? status : 'AWAITING_UPLOADS'));
  const failure = await synchronize({ client, scope: 's', entities: [], relationships: [] }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(JobFailed);
  expect(String(failure)).toContain(`ended ${status} instead of FINISHED`);
});

it.each<[string, Answer, string]>([
  ['no JSON', { text: '<html>' }, 'without a job document'],
  ['no job', { body: {} }, 'without a job document'],
  ['fractional counts', job('FINISHED', { numEntitiesCreated: 0.5 }), 'without a job document'],
  ['201', { ...job('FINISHED'), status: 201 }, 'with status 201 and no error document'],
  ['a bare 502', { status: 502, text: 'bad gateway' }, 'with status 502 and no error document'],
])('names an unexpected reply: %s', async (_name, answer, expected) => {
  const client = await serve(() => answer);
  await expect(client.read(JOB)).rejects.toThrow(expected);
});

it('gives up waiting at the limit', async () => {
  const client = await serve(() => job('FINALIZE_PENDING'));
  // No time is left after the first answer, however long it took.
  await expect(waitForEnd(client, JOB, { firstDelayMs: 5, limitMs: 0 })).rejects.toMatchObject({ code: 'TIMED_OUT' });
  expect(api.seen).toHaveLength(1);
});

it('waits longer each time, up to the longest delay', async () => {
  const client = await serve((_request, before) => job(before.length < 5 ? 'FINALIZE_PENDING' : 'FINISHED'));
  const startedAt = performance.now();
  await waitForEnd(client, JOB, { firstDelayMs: 10, longestDelayMs: 40 });
  // 10 + 20 + 40 + 40 + 40: timers may fire a millisecond early.
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145);
});

it('says when nobody answers', async () => {
  const client = await serve(happy);
  await api.close();
  await expect(client.start('s')).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringContaining('did not answer'),
  });
});

it('stops when it is told to', async () => {
  api = await startStandIn(() => job('FINALIZE_PENDING'));
  const controller = new AbortController();
  const client = createSyncClient({ apiBaseUrl: api.apiBaseUrl, account: 'a', token: 't' }, controller.signal);
  const waiting = waitForEnd(client, JOB, { signal: controller.signal });
  setTimeout(() => controller.abort(), 30);
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});

it('cuts batches', () => {
  expect(batchesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(batchesOf([])).toEqual([]);
});
