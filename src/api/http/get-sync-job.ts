import type { FastifyInstance } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type SyncJobDocument } from '../../contracts/sync-job';
import { getSyncJobQuerySchema } from '../../contracts/sync-api.schema';
import { jobIdOf, jobsPath, tenantOf, type ApiDependencies } from './api-dependencies';
import { goneSignal } from './gone-signal';
import { parseInput } from './parse-input';

const lookEveryMs = 50;

export function registerGetSyncJob(app: FastifyInstance, api: ApiDependencies): void {
  const closing = new AbortController();
  app.addHook('preClose', (done) => {
    closing.abort();
    done();
  });
  app.get(`${jobsPath}/:id`, async (request, reply) => {
    const jobId = jobIdOf(request);
    const { wait } = parseInput(getSyncJobQuerySchema, request.query, 'query string');
    const { syncJobs } = tenantOf(api, request);
    const get = async () => await syncJobs.get(jobId);
    if (wait === 0) return { job: await get() };
    const signal = AbortSignal.any([goneSignal(reply), closing.signal]);
    return { job: await onceEnded(get, { until: Date.now() + wait * 1_000, signal }) };
  });
}

/** The job as it is when it has ended, or when it is time. */
async function onceEnded(
  get: () => Promise<SyncJobDocument>,
  { until, signal }: { readonly until: number; readonly signal: AbortSignal },
): Promise<SyncJobDocument> {
  for (;;) {
    const job = await get();
    const now = Date.now();
    if (isTerminal(job.status) || now >= until || signal.aborted) return job;
    // All who wait look at the same moments, so that they share what is read.
    await sleep(Math.min(lookEveryMs - (now % lookEveryMs), until - now), undefined, { signal }).catch(() => undefined);
  }
}
