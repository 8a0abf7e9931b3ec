/** Every export here is a workflow type that anyone with access to Temporal can start. */
export { csvReport } from './csv-report';
export { deferredQuery } from './deferred-query';
export { syncJob } from './sync-job';
