import type { FastifyInstance } from 'fastify';
import { abortBodySchema } from '../../contracts/sync-api.schema';
import { jobIdOf, jobsPath, tenantOf, type ApiDependencies } from './api-dependencies';
import { readJson } from './body/json-body';

export function registerAbortSyncJob(app: FastifyInstance, api: ApiDependencies): void {
  app.post(`${jobsPath}/:id/abort`, async (request, reply) => {
    const jobId = jobIdOf(request);
    const body = await readJson({ request, reply, limits: api.smallBodies }, abortBodySchema);
    return { job: await tenantOf(api, request).syncJobs.abort(jobId, { ...body, requestId: request.id }) };
  });
}
