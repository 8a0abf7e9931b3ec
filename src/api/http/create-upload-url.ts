import type { FastifyInstance } from 'fastify';
import { jobIdOf, jobsPath, tenantOf, type ApiDependencies } from './api-dependencies';

/** A body, if any, means nothing here and is not read. */
export function registerCreateUploadUrl(app: FastifyInstance, api: ApiDependencies): void {
  app.post(`${jobsPath}/:id/uploadUrl`, async (request) => {
    const jobId = jobIdOf(request);
    const { uploadUrl, expiresAt } = await tenantOf(api, request).syncJobs.createUploadUrl(jobId);
    return { uploadUrl, expiresAt };
  });
}
