import type { FastifyInstance } from 'fastify';
import { jobIdOf, jobsPath, tenantOf, type ApiDependencies } from './api-dependencies';

export function registerGetDryRun(app: FastifyInstance, api: ApiDependencies): void {
  app.get(
    `${jobsPath}/:id/dryRun`,
    async (request) => await tenantOf(api, request).syncJobs.lastDryRun(jobIdOf(request)),
  );
}
