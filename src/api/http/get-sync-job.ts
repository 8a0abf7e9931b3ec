import type { FastifyInstance } from 'fastify';
import { jobIdOf, jobsPath, tenantOf, type ApiDependencies } from './api-dependencies';

export function registerGetSyncJob(app: FastifyInstance, api: ApiDependencies): void {
  app.get(`${jobsPath}/:id`, async (request) => {
    const jobId = jobIdOf(request);
    return { job: await tenantOf(api, request).syncJobs.get(jobId) };
  });
}
