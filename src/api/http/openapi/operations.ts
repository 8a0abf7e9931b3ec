import { ErrorCode } from '../../../contracts/error-code';
import { SyncJobStatus } from '../../../contracts/sync-job';
import { maxExportLimit, maxWaitSeconds } from '../../../contracts/sync-api.schema';
import { graphOperations } from './graph-operations';
import type { Operation } from './operation';
import { queryOperations } from './query-operations';
import { ref, type JsonSchema } from './schemas';

export type { Operation } from './operation';

const jobs = '/persister/synchronization/jobs';
const flag = (description: string): JsonSchema => ({ type: 'boolean', default: false, description });
const filter = (description: string): JsonSchema => ({ type: 'string', description });

const uploadFlags = {
  ignoreDuplicates: flag('Of several objects with one key the latest wins, instead of an error.'),
  ignoreIllegalProperties: flag('Drop properties that break the rules, instead of refusing the upload.'),
};
const bodyErrors = [ErrorCode.invalidBody, ErrorCode.requestEntityTooLarge, ErrorCode.unsupportedMediaType];
const uploadErrors = [
  ...bodyErrors,
  ErrorCode.notFound,
  ErrorCode.jobNotAwaitingUploads,
  ErrorCode.entityIsNotArray,
  ErrorCode.relationshipIsNotArray,
  ErrorCode.entityUploadFailedValidation,
  ErrorCode.relationshipUploadFailedValidation,
  ErrorCode.deleteUploadFailedValidation,
  ErrorCode.duplicateKey,
];
const uploadNote =
  'Everything of the request is stored, or nothing. An answer of 200 means that it is durable. Send `JupiterOne-Correlation-Id` to make a retry safe: the same id with the same content counts once.';

const exportQuery = {
  limit: {
    type: 'number',
    default: 1000,
    description: `Rounded down and kept between 1 and ${maxExportLimit}.`,
  },
  includeDeleted: flag('Deleted objects too.'),
  cursor: filter('`endCursor` of the page before.'),
};

const upload = (
  part: 'upload' | 'entities' | 'relationships',
  id: string,
  summary: string,
  schema: JsonSchema,
): Operation => ({
  method: 'post',
  path: `${jobs}/{id}/${part}`,
  id,
  summary,
  description: uploadNote,
  query: uploadFlags,
  body: { required: true, schema, isUpload: true },
  answer: ref('JobAnswer'),
  errors: uploadErrors,
});

const stateNote =
  'Asks for no credentials: the token in the path is one. Poll it while `status` is IN_PROGRESS; it answers 200 until the result expires.';

export const operations: readonly Operation[] = [
  ...queryOperations,
  {
    method: 'post',
    path: jobs,
    id: 'startSyncJob',
    summary: 'Start a synchronization job',
    query: uploadFlags,
    body: { required: true, schema: ref('StartBody') },
    answer: ref('JobAnswer'),
    errors: [...bodyErrors, ErrorCode.invalidIntegrationInstance, ErrorCode.conflict],
  },
  {
    method: 'get',
    path: jobs,
    id: 'listSyncJobs',
    summary: 'List synchronization jobs, newest first',
    query: {
      status: { type: 'string', enum: Object.values(SyncJobStatus) },
      source: filter('Only jobs of this source.'),
      scope: filter('Only jobs of this scope.'),
      integrationInstanceId: filter('Only jobs of this integration instance.'),
      limit: { type: 'number', default: 50, description: 'Kept between 1 and 200.' },
      cursor: filter('`endCursor` of the page before.'),
    },
    answer: ref('JobPage'),
    errors: [],
  },
  {
    method: 'get',
    path: `${jobs}/{id}`,
    id: 'getSyncJob',
    summary: 'Status and counters of a job',
    query: {
      wait: {
        type: 'number',
        default: 0,
        description: `Answer when the job has ended, or after this many seconds; at most ${maxWaitSeconds}.`,
      },
    },
    answer: ref('JobAnswer'),
    errors: [ErrorCode.notFound],
  },
  upload('upload', 'uploadObjects', 'Upload entities, relationships and deletions', ref('UploadBody')),
  upload('entities', 'uploadEntities', 'Upload entities', ref('EntitiesBody')),
  upload('relationships', 'uploadRelationships', 'Upload relationships', ref('RelationshipsBody')),
  {
    method: 'post',
    path: `${jobs}/{id}/uploadUrl`,
    id: 'createUploadUrl',
    summary: 'Presigned URL for one bulk file',
    description:
      'The file has the structure of an upload body and is read during finalization. The same URL is returned until it expires.',
    answer: ref('UploadUrl'),
    errors: [ErrorCode.notFound, ErrorCode.jobNotAwaitingUploads, ErrorCode.unsupportedMediaType],
  },
  {
    method: 'post',
    path: `${jobs}/{id}/finalize`,
    id: 'finalizeSyncJob',
    summary: 'Apply what was uploaded',
    description: 'May be repeated: a job that is past its uploads answers with its present document.',
    query: { dryRun: flag('Only say what would happen: nothing changes, and the job goes on awaiting uploads.') },
    body: { required: false, schema: ref('FinalizeBody') },
    answer: ref('FinalizeAnswer'),
    errors: [
      ...bodyErrors,
      ErrorCode.notFound,
      ErrorCode.scopeBusy,
      ErrorCode.conflict,
      ErrorCode.jobNotAwaitingUploads,
    ],
  },
  {
    method: 'get',
    path: `${jobs}/{id}/dryRun`,
    id: 'getDryRun',
    summary: 'Result of the latest dry run, kept until the job ends',
    answer: ref('DryRunAnswer'),
    errors: [ErrorCode.notFound],
  },
  {
    method: 'post',
    path: `${jobs}/{id}/approve`,
    id: 'approveSyncJob',
    summary: 'Let a job go on that is held because it would delete so much',
    answer: ref('JobAnswer'),
    errors: [ErrorCode.notFound, ErrorCode.jobNotHeld, ErrorCode.unsupportedMediaType],
  },
  {
    method: 'post',
    path: `${jobs}/{id}/abort`,
    id: 'abortSyncJob',
    summary: 'Give up a job before it changes the graph',
    body: { required: false, schema: ref('AbortBody') },
    answer: ref('JobAnswer'),
    errors: [...bodyErrors, ErrorCode.notFound, ErrorCode.jobNotAwaitingUploads],
  },
  {
    method: 'post',
    path: `${jobs}/{id}/events`,
    id: 'addSyncJobEvents',
    summary: 'Add log events to a job',
    body: { required: true, schema: ref('EventsBody') },
    answer: ref('Events'),
    errors: [...bodyErrors, ErrorCode.notFound],
  },
  {
    method: 'get',
    path: `${jobs}/{id}/events`,
    id: 'listSyncJobEvents',
    summary: 'Log events of a job, oldest first',
    answer: ref('Events'),
    errors: [ErrorCode.notFound],
  },
  {
    method: 'get',
    path: '/entities',
    id: 'exportEntities',
    summary: 'Export entities in pages',
    query: exportQuery,
    answer: ref('ObjectPage'),
    errors: [],
  },
  {
    method: 'get',
    path: '/relationships',
    id: 'exportRelationships',
    summary: 'Export relationships in pages',
    query: exportQuery,
    answer: ref('ObjectPage'),
    errors: [],
  },
  ...graphOperations,
  {
    method: 'get',
    path: '/',
    id: 'about',
    summary: 'What this is',
    answer: { type: 'object' },
    errors: [],
    isPublic: true,
  },
  {
    method: 'get',
    path: '/j1ql/results/{id}',
    id: 'locateQueryResult',
    summary: 'Where the state document of a result is, by the id of the result',
    description: 'For results that the Temporal CLI has asked for; whoever deferred a query has the URL already.',
    answer: ref('ResultLocation'),
    errors: [ErrorCode.notFound],
  },
  ...(['', '/{page}'] as const).map((page): Operation => ({
    method: 'get',
    path: `/query-results/{token}/state${page}`,
    id: page === '' ? 'getResultState' : 'getResultStateOfPage',
    summary: page === '' ? 'State of a deferred answer, with its first page' : 'The same with another page',
    description: stateNote,
    answer: ref('ResultState'),
    errors: [ErrorCode.notFound],
    isPublic: true,
  })),
  {
    method: 'get',
    path: '/query-results/{token}/results/{page}',
    id: 'getResultPage',
    summary: 'One page of a deferred answer',
    description: 'What `url` of a completed state document leads to. Without a result it answers like the state.',
    answer: ref('ResultPage'),
    errors: [ErrorCode.notFound],
    isPublic: true,
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'openApi',
    summary: 'This document',
    answer: { type: 'object' },
    errors: [],
    isPublic: true,
  },
  {
    method: 'get',
    path: '/livez',
    id: 'livez',
    summary: 'The process runs',
    answer: { type: 'object' },
    errors: [],
    isPublic: true,
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'readyz',
    summary: 'The process can serve; 503 with the same body when it cannot',
    answer: ref('Readiness'),
    notReadyAnswer: ref('Readiness'),
    errors: [],
    isPublic: true,
  },
  { method: 'get', path: '/metrics', id: 'metrics', summary: 'Prometheus metrics', errors: [], isPublic: true },
];
