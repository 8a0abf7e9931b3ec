import type { FastifyInstance } from 'fastify';
import { startSyncJobBodySchema, uploadFlagsSchema } from '../../contracts/sync-api.schema';
import { jobsPath, tenantOf, type ApiDependencies } from './api-dependencies';
import { readJson } from './body/json-body';
import { parseInput } from './parse-input';

export function registerStartSyncJob(app: FastifyInstance, api: ApiDependencies): void {
  app.post(jobsPath, async (request, reply) => {
    const flags = parseInput(uploadFlagsSchema, request.query, 'query string');
    const body = await readJson({ request, reply, limits: api.smallBodies }, startSyncJobBodySchema);
    const job = await tenantOf(api, request).syncJobs.start({
      ...body,
      ignoreDuplicates: flags.ignoreDuplicates ?? false,
      ignoreIllegalProperties: flags.ignoreIllegalProperties ?? false,
      requestId: request.id,
    });
    api.metrics.syncJobsStarted.inc({ sync_mode: job.syncMode });
    request.log = request.log.child({ jobId: job.id });
    request.log.info({ source: job.source, scope: job.scope }, 'synchronization job started');
    return { job };
  });
}
