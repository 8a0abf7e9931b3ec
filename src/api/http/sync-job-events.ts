import type { FastifyInstance } from 'fastify';
import { eventsBodySchema } from '../../contracts/sync-api.schema';
import { jobIdOf, jobsPath, tenantOf, type ApiDependencies } from './api-dependencies';
import { readJson } from './body/json-body';

export function registerSyncJobEvents(app: FastifyInstance, api: ApiDependencies): void {
  app.post(`${jobsPath}/:id/events`, async (request, reply) => {
    const jobId = jobIdOf(request);
    const { events } = await readJson({ request, reply, limits: api.smallBodies }, eventsBodySchema);
    return { events: await tenantOf(api, request).syncJobs.addEvents(jobId, events) };
  });

  app.get(`${jobsPath}/:id/events`, async (request) => {
    const jobId = jobIdOf(request);
    return { events: await tenantOf(api, request).syncJobs.listEvents(jobId) };
  });
}
