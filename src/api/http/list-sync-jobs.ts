import type { FastifyInstance } from 'fastify';
import { listSyncJobsQuerySchema } from '../../contracts/sync-api.schema';
import { jobsPath, tenantOf, type ApiDependencies } from './api-dependencies';
import { parseInput } from './parse-input';
import { withoutAbsent } from './without-absent';

/** Not in JupiterOne's API: newest jobs first, in pages. */
export function registerListSyncJobs(app: FastifyInstance, api: ApiDependencies): void {
  app.get(jobsPath, async (request) => {
    const { limit, ...filter } = parseInput(listSyncJobsQuerySchema, request.query, 'query string');
    return tenantOf(api, request).syncJobs.list({ limit, ...withoutAbsent(filter) });
  });
}
