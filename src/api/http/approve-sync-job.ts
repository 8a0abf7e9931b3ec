import type { FastifyInstance } from 'fastify';
import { jobIdOf, jobsPath, tenantOf, type ApiDependencies } from './api-dependencies';

/** A body, if any, means nothing here and is not read. */
export function registerApproveSyncJob(app: FastifyInstance, api: ApiDependencies): void {
  app.post(`${jobsPath}/:id/approve`, async (request) => {
    const jobId = jobIdOf(request);
    const job = await tenantOf(api, request).syncJobs.approve(jobId, { requestId: request.id });
    request.log.info({ jobId }, 'held synchronization job approved');
    return { job };
  });
}
