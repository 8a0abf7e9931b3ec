import type { FastifyInstance } from 'fastify';
import { ErrorCode } from '../../contracts/error-code';
import { finalizeBodySchema, finalizeFlagsSchema } from '../../contracts/sync-api.schema';
import { DomainError } from '../../domain/errors';
import { jobIdOf, jobsPath, tenantOf, type ApiDependencies } from './api-dependencies';
import { readJson } from './body/json-body';
import { parseInput } from './parse-input';

export function registerFinalizeSyncJob(app: FastifyInstance, api: ApiDependencies): void {
  app.post(`${jobsPath}/:id/finalize`, async (request, reply) => {
    const jobId = jobIdOf(request);
    refuseDryRun(request.query);
    const body = await readJson({ request, reply, limits: api.smallBodies }, finalizeBodySchema);
    const partialTypes = body.partialDatasets?.types ?? [];
    return { job: await tenantOf(api, request).syncJobs.finalize(jobId, { partialTypes, requestId: request.id }) };
  });
}

/** Ignoring the flag as an unknown one would change the graph of somebody who asked for the opposite. */
function refuseDryRun(query: unknown): void {
  if (parseInput(finalizeFlagsSchema, query, 'query string').dryRun !== true) return;
  throw new DomainError(ErrorCode.badRequest, 'Finalizing as a dry run is not available; nothing was changed.');
}
