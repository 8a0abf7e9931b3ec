import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Product } from '../../../scripts/stack/run-processes';
import { MongoEntityCounts } from '../../../src/adapters/mongo/mongo-entity-counts';
import { isTerminal, type SyncJobDocument } from '../../../src/contracts/sync-job';
import { outcomeCounts } from '../../support/bench';
import { toBody, toBulkFile } from '../../support/model-bodies';
import { OwnProduct } from '../../support/own-product';
import { readGraph, recountGraph } from '../../support/sync-bench';
import { canonical, SyncModel, uploadsOf, type ModelJob, type ModelObject } from '../../support/sync-model';

const rounds = Number(process.env.PERIJOVE_KILL_ROUNDS ?? 20);
const seed = Number(process.env.PERIJOVE_KILL_SEED ?? 1);
const scopes = ['one', 'two', 'three'];
const entitiesPerScope = 900;
/** Takes some batches, and so some time, to read. */
const bulkScope = 'bulk';
const entitiesOfBulkFile = 6_000;
const bulkFormats = ['json', 'ndjson', 'csv', 'yaml'] as const;
/** A killed worker is noticed when its heartbeat is missed; the other components come back within seconds. */
const endsWithinMs = 90_000;

/** The same numbers for the same names: 0 to 1. */
const chance = (...names: (string | number)[]): number =>
  createHash('sha256')
    .update([seed, ...names].join('/'))
    .digest()
    .readUInt32LE() /
  2 ** 32;

/** The same of a scope that comes as a bulk file, of another format in each round. */
function bulkJobOf(round: number): ModelJob {
  const keys = Array.from({ length: entitiesOfBulkFile }, (_, i) => `k${i}`);
  const entities = keys
    .filter((key) => chance('gone', bulkScope, key, round) > 0.02)
    .map((key) => {
      const blob = createHash('sha512').update(key).digest('base64url').repeat(8);
      return {
        key,
        type: 'thing',
        properties: { blob, n: Math.floor(chance(key) * 20 + round) % 20 === 0 ? round : 0 },
      };
    });
  const relationships = entities.slice(1, 500).map(({ key }, i) => ({
    key: `r-${key}`,
    type: 'has',
    properties: {},
    from: { key: entities[i]?.key ?? '' },
    to: { key },
  }));
  const upload = { entities, relationships, deleteEntities: [], deleteRelationships: [] };
  const format = bulkFormats[Math.floor(round / 2) % bulkFormats.length] ?? 'json';
  const bulk = { format, gzip: chance('gzip', round) > 0.5, upload };
  return { scope: bulkScope, mode: 'DIFF', ignoreDuplicates: false, partialTypes: [], uploads: [], bulk };
}

/** What a scope looks like in a round: a part of its entities change, and some come and go with their relationships. */
function jobOf(scope: string, round: number): ModelJob {
  const present = Array.from({ length: entitiesPerScope }, (_, i) => `k${i}`).filter(
    (key) => chance('gone', scope, key, Math.floor((round + chance(key)) / 2)) > 0.05,
  );
  const entities = present.map((key) => {
    // Hardly compressible, so that some bodies go to the object store and others to the database.
    const blob = createHash('sha512').update(`${scope}${key}`).digest('base64url').repeat(1);
    return {
      key,
      type: 'thing',
      properties: { blob, more: blob.split('').reverse().join(''), n: Math.floor(chance(key) * 10 + round / 3) },
    };
  });
  const relationships = present.slice(1).map((key, i) => ({
    key: `r-${key}`,
    type: 'has',
    properties: {},
    from: { key: present[i] ?? '' },
    to: { key },
  }));
  const none = { deleteEntities: [], deleteRelationships: [] };
  return {
    scope,
    mode: 'DIFF',
    ignoreDuplicates: false,
    partialTypes: [],
    uploads: [
      { entities: entities.slice(100), relationships: [], ...none },
      { entities: entities.slice(0, 100), relationships: relationships.slice(0, 100), ...none },
      { entities: [], relationships: relationships.slice(100), ...none },
    ],
  };
}

describe('components killed at random points', () => {
  const own = new OwnProduct();

  /** As the integration SDK does: again after any failure of the server or the line, under the same correlation id. */
  async function insistOn(path: string, body: unknown): Promise<Record<string, unknown>> {
    const deadline = Date.now() + endsWithinMs;
    const headers = { 'JupiterOne-Correlation-Id': randomUUID() };
    for (;;) {
      const answer = await own.api
        .request(body === undefined ? 'GET' : 'POST', `/persister/synchronization/jobs${path}`, body, headers)
        .catch((err: unknown) => ({ status: 0, body: { error: String(err) } }));
      if (answer.status === 200) return answer.body as Record<string, unknown>;
      const mayPass = answer.status === 0 || answer.status >= 500 || answer.status === 429;
      if (!mayPass || Date.now() > deadline)
        throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      await sleep(200);
    }
  }

  const insist = async (path: string, body: unknown) => (await insistOn(path, body)).job as SyncJobDocument;

  async function sync(job: ModelJob, id: string = randomUUID()): Promise<SyncJobDocument> {
    const { scope, mode, uploads, bulk } = job;
    await insist('', {
      source: 'integration-managed',
      integrationInstanceId: scope,
      integrationJobId: id,
      syncMode: mode,
    });
    const place = { account: own.product.connection.account, scope, turn: 0 };
    for (const upload of uploads) await insist(`/${id}/upload`, toBody(upload, place));
    if (bulk) await putFile(id, toBulkFile(bulk, place));
    await insist(`/${id}/finalize`, {});
    const deadline = Date.now() + endsWithinMs;
    for (;;) {
      const job = await insist(`/${id}`, undefined);
      if (isTerminal(job.status)) return job;
      if (Date.now() > deadline) throw new Error(`job ${id} is still ${job.status}`);
      await sleep(50);
    }
  }

  /** The bulk file is read from then on. */
  async function untilClosed(jobId: string): Promise<void> {
    const deadline = Date.now() + endsWithinMs;
    for (;;) {
      const job = await own.database.collections.syncJobs.findOne({ _id: jobId }, { projection: { status: 1 } });
      if (job && job.status !== 'AWAITING_UPLOADS') return;
      if (Date.now() > deadline) throw new Error(`job ${jobId} was not closed`);
      await sleep(5);
    }
  }

  async function isBeingRead(jobId: string, job: ModelJob): Promise<boolean> {
    const record = await own.database.collections.syncJobs.findOne({ _id: jobId });
    const read = record?.counts.numEntitiesUploaded ?? 0;
    return record?.status === 'FINALIZE_PENDING' && read < (job.bulk?.upload.entities.length ?? 0);
  }

  async function putFile(jobId: string, content: Buffer): Promise<void> {
    const deadline = Date.now() + endsWithinMs;
    for (;;) {
      const { uploadUrl } = (await insistOn(`/${jobId}/uploadUrl`, {})) as { uploadUrl: string };
      const isStored = await fetch(uploadUrl, { method: 'PUT', body: content }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isStored) return;
      if (Date.now() > deadline) throw new Error(`the bulk file of job ${jobId} could not be stored`);
      await sleep(200);
    }
  }

  it(
    `leaves the graph and the counts of an undisturbed run, ${rounds} times`,
    own.explained(async () => {
      const model = new SyncModel();
      const victims = { worker: own.product.worker, server: own.product.server, ...componentsOf(own.product) };
      const names = Object.keys(victims) as (keyof typeof victims)[];
      let killedWhileReading = 0;
      for (let round = 0; round < rounds; round++) {
        const name = names[Math.floor((round + chance('first') * names.length) % names.length)] ?? 'worker';
        const bulkJob = bulkJobOf(round);
        const bulkJobId = randomUUID();
        const jobs = [...scopes.map((scope) => jobOf(scope, round)), bulkJob];
        const running = Promise.all(
          jobs.map(async (job) => await (job === bulkJob ? sync(job, bulkJobId) : sync(job))),
        );
        running.catch(() => undefined);
        const afterMs = Math.floor(chance('when', round) * (round % 2 === 0 ? 1_200 : 150));
        if (round % 2 === 1) await untilClosed(bulkJobId);
        await sleep(afterMs);
        if (await isBeingRead(bulkJobId, bulkJob)) killedWhileReading++;
        await victims[name].kill();
        await sleep(100);
        await victims[name].restart();
        const ended = await running;
        for (const [i, job] of jobs.entries()) {
          const { status, ...document } = ended[i] as SyncJobDocument;
          const uploaded = uploadsOf(job).reduce((sum, { entities }) => sum + entities.length, 0);
          const format = job.bulk?.format;
          const found = { round, name, afterMs, format, status, uploaded: document.numEntitiesUploaded };
          const { counts } = model.run(job, round);
          expect({ ...found, counts: outcomeCounts({ status, ...document }) }).toEqual({
            ...found,
            status: 'FINISHED',
            uploaded,
            counts,
          });
        }
      }
      expect(killedWhileReading).toBeGreaterThanOrEqual(Math.floor(rounds / 10));
      const { entities, relationships } = await readGraph(own.database, own.product.connection.account);
      expect(digest(entities)).toBe(digest(model.entities));
      expect(digest(relationships)).toBe(digest(model.relationships));
      const counts = await new MongoEntityCounts(own.database, own.product.connection.account).counts();
      expect(counts).toEqual(await recountGraph(own.database, own.product.connection.account));
      expect(counts.entity.total).toBe([...model.entities.values()].filter(({ deleted }) => !deleted).length);
      expect(await own.database.collections.syncJobs.countDocuments({ endedAt: null })).toBe(0);
      expect(await own.database.collections.scopes.countDocuments({ 'queue.0': { $exists: true } })).toBe(0);
    }),
    rounds * 60_000,
  );
});

const componentsOf = ({ stack }: Product) => ({ mongo: stack.mongo, temporal: stack.temporal, s3: stack.s3 });

/** Everything but the times, which two runs do not share. */
function digest(objects: ReadonlyMap<string, ModelObject>): string {
  const lines = [...objects].map(([id, { version, type, properties, from, to, deleted, history }]) => {
    const ended = history.map((old) => [old.version, old.type, old.properties, old.from, old.to]);
    return canonical([id, version, type, properties, from, to, deleted, ended]);
  });
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}
