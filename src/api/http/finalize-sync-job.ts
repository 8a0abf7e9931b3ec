import type { FastifyInstance } from 'fastify';
import { finalizeBodySchema, finalizeFlagsSchema } from '../../contracts/sync-api.schema';
import { jobIdOf, jobsPath, tenantOf, type ApiDependencies } from './api-dependencies';
import { readJson } from './body/json-body';
import { parseInput } from './parse-input';

export function registerFinalizeSyncJob(app: FastifyInstance, api: ApiDependencies): void {
  app.post(`${jobsPath}/:id/finalize`, async (request, reply) => {
    const jobId = jobIdOf(request);
    const flags = parseInput(finalizeFlagsSchema, request.query, 'query string');
    const body = await readJson({ request, reply, limits: api.smallBodies }, finalizeBodySchema);
    const partialTypes = body.partialDatasets?.types ?? [];
    const asked = { partialTypes, requestId: request.id };
    const { syncJobs } = tenantOf(api, request);
    // Either place asks for it: ignoring one would change the graph of somebody who asked for the opposite.
    if (flags.dryRun !== true && body.dryRun !== true) return { job: await syncJobs.finalize(jobId, asked) };
    const { job, dryRun } = await syncJobs.dryRun(jobId, asked);
    return { job, dryRun: dryRun ?? { status: 'RUNNING' } };
  });
}
