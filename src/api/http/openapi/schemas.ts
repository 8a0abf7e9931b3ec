import { ResultStatus } from '../../../contracts/query-result';
import { SyncJobStatus, syncJobCounters, SyncMode } from '../../../contracts/sync-job';
import { graphSchemas } from './graph-schemas';
import { querySchemas } from './query-schemas';
import { arrayOf, complete, epochMs, nullable, refTo, string, type JsonSchema } from './schema-parts';

export type { JsonSchema };

export const ref = (name: keyof typeof schemas): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

const problem = complete({
  where: string('Place in the input, such as `entities[3]._key` or `line 12`.'),
  what: string('What is wrong there.'),
});

const keyOrId: JsonSchema = {
  type: 'object',
  description: 'One of the two is needed; `_id` wins. Other members are ignored.',
  anyOf: [{ required: ['_id'] }, { required: ['_key'] }],
  properties: { _id: string('Id of the object.'), _key: string('Key, looked up in the source and scope of the job.') },
};

const graphObject = (kind: 'entity' | 'relationship', more: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  description: `One ${kind}: known members and any number of properties whose values are strings, numbers, booleans, null or arrays of these.`,
  required: ['_key', '_type'],
  properties: { _key: string('Unique in the source and scope.'), _type: string('Type.'), ...more },
  additionalProperties: true,
});

const sampleKeys = (outcome: string): JsonSchema =>
  arrayOf({ type: 'string' }, `First keys that would be ${outcome}; at most 20.`);
const sample = complete({
  created: sampleKeys('created'),
  updated: sampleKeys('updated'),
  deleted: sampleKeys('deleted'),
});

const resultPage: Readonly<Record<string, JsonSchema>> = {
  type: { enum: ['list', 'table', 'tree'] },
  data: { type: ['array', 'object'], description: 'Rows; of a tree an object with `vertices` and `edges`.' },
  totalCount: { type: 'integer', description: 'Rows of all pages. Not of a tree.' },
  cursor: string('For `queryV1`: leads to the next page. Absent on the last one.'),
};

export const schemas = {
  Job: complete({
    id: { ...string('Id of the job.'), format: 'uuid' },
    accountId: string('Account.'),
    source: string('`api`, `integration-managed`, `integration-external` or another source of the account.'),
    scope: nullable('Scope of an `api` job; null for integrations.'),
    integrationInstanceId: nullable('Integration instance, for integration sources.'),
    integrationJobId: nullable('Integration job, which has the id of this job.'),
    syncMode: { type: 'string', enum: Object.values(SyncMode) },
    status: { type: 'string', enum: Object.values(SyncJobStatus) },
    done: { type: 'boolean', description: 'True once the status is final.' },
    startTimestamp: epochMs('Start.'),
    durationMs: { type: 'integer', description: 'From start to end, or to now.' },
    deletionMode: string('How absent objects are deleted.'),
    expiresOn: {
      type: ['integer', 'null'],
      description: 'When an idle job is aborted, epoch milliseconds; null once it is finalized.',
    },
    statusReason: nullable('Why the job is in its status, where that is not plain.'),
    awaitsApproval: { type: 'boolean', description: 'Held because it would delete so much: approve or abort it.' },
    report: arrayOf(problem, 'First offending items of an ERROR_BAD_DATA job.'),
    partialTypes: arrayOf({ type: 'string' }, 'Types that finalize declared incomplete.'),
    workflowId: string('Temporal workflow that runs the job.'),
    ...Object.fromEntries(syncJobCounters.map((name) => [name, { type: 'integer', minimum: 0 }])),
  }),
  JobAnswer: complete({ job: refTo('Job') }),
  DryRun: complete({
    status: { enum: [SyncJobStatus.finished, SyncJobStatus.errorBadData], description: 'What the job would end in.' },
    statusReason: nullable('Why, where it is not FINISHED.'),
    report: arrayOf(problem, 'Bad data, or single objects that could not be applied; at most 50.'),
    counts: {
      type: 'object',
      description: 'Counters of the job document that would not be zero.',
      additionalProperties: { type: 'integer', minimum: 1 },
    },
    sample: complete({ entities: sample, relationships: sample }),
    estimated: { type: 'boolean', description: 'The job is too large for exact counts of relationships.' },
    uploads: { type: 'integer', description: 'Uploads that were looked at.' },
    partialTypes: arrayOf({ type: 'string' }, 'As given.'),
    on: epochMs('The moment of the graph that was looked at.'),
  }),
  DryRunAnswer: complete({ job: refTo('Job'), dryRun: refTo('DryRun') }),
  FinalizeAnswer: {
    type: 'object',
    required: ['job'],
    properties: {
      job: refTo('Job'),
      dryRun: {
        description: 'Of a dry run only. `RUNNING`: ask `GET …/dryRun` later.',
        anyOf: [refTo('DryRun'), complete({ status: { const: 'RUNNING' } })],
      },
    },
  },
  JobPage: complete({ jobs: arrayOf(refTo('Job')), endCursor: nullable('For the next page; null on the last one.') }),
  StartBody: {
    type: 'object',
    required: ['source'],
    properties: {
      source: string(
        'Where the data comes from: `api` for ad hoc data, `integration-external` for custom integrations.',
      ),
      scope: nullable(
        'Names the set of objects that the job owns. Needed for DIFF with source `api`; only allowed there.',
      ),
      syncMode: { enum: [...Object.values(SyncMode), null], description: 'Default: DIFF.' },
      integrationInstanceId: nullable('Needed for `integration-*` sources.'),
      integrationJobId: nullable('Becomes the id of the job. Default: a new UUID.'),
    },
  },
  Entity: graphObject('entity', {
    _class: { type: ['string', 'array'], items: { type: 'string' } },
    _rawData: {
      type: ['array', 'object'],
      description: 'Documents kept beside the entity: `[{name, rawData}]` or `{name: {body, contentType}}`.',
    },
  }),
  Relationship: graphObject('relationship', {
    _class: { type: 'string' },
    _fromEntityKey: string(
      'Key of the start, in the scope of the job unless `_fromEntitySource` and `_fromEntityScope` say otherwise.',
    ),
    _toEntityKey: string('Key of the end.'),
    _fromEntityId: string('Id of the start, in any scope.'),
    _toEntityId: string('Id of the end, in any scope.'),
    _mapping: refTo('Mapping'),
  }),
  Mapping: {
    type: 'object',
    description: 'In place of the ends: which entities the relationship leads to, by their properties.',
    required: ['sourceEntityKey', 'targetEntity'],
    properties: {
      relationshipDirection: { type: 'string', enum: ['FORWARD', 'REVERSE'], default: 'FORWARD' },
      sourceEntityKey: string('Key of an entity in the scope of the job.'),
      targetFilterKeys: {
        type: 'array',
        description:
          'Alternatives, tried in turn: names of properties of `targetEntity` that must all match. Default: `[["_type", "_key"]]`.',
        items: { type: ['array', 'string'], items: { type: 'string' } },
      },
      targetEntity: {
        type: 'object',
        description: 'Values to look for, and the entity that is made when none matches.',
      },
      skipTargetCreation: { type: 'boolean', default: false },
    },
  },
  UploadBody: {
    type: 'object',
    properties: {
      entities: arrayOf(refTo('Entity')),
      relationships: arrayOf(refTo('Relationship')),
      deleteEntities: arrayOf(keyOrId),
      deleteRelationships: arrayOf(keyOrId),
    },
  },
  EntitiesBody: complete({ entities: arrayOf(refTo('Entity')) }),
  RelationshipsBody: complete({ relationships: arrayOf(refTo('Relationship')) }),
  UploadUrl: complete({
    uploadUrl: string('Presigned URL for one PUT of the bulk file.'),
    expiresAt: epochMs('Until when it is valid.'),
  }),
  FinalizeBody: {
    type: 'object',
    properties: {
      dryRun: { type: ['boolean', 'null'], description: 'As the query parameter.' },
      partialDatasets: {
        type: ['object', 'null'],
        properties: {
          types: arrayOf(
            { type: 'string' },
            'Types whose absent objects are kept, because the upload of them is incomplete.',
          ),
        },
      },
    },
  },
  AbortBody: {
    type: 'object',
    properties: {
      reason: nullable('Shown as `statusReason`.'),
      terminalStatus: {
        enum: [SyncJobStatus.aborted, SyncJobStatus.abortedInvalidConfiguration, null],
        description: 'Default: ABORTED.',
      },
    },
  },
  EventsBody: complete({
    events: arrayOf({
      type: 'object',
      required: ['name'],
      properties: { name: string('Such as `step_start`.'), description: nullable('Free text.') },
    }),
  }),
  Events: complete({
    events: arrayOf(
      complete({
        id: string('Id.'),
        name: string('Name.'),
        description: string('Text.'),
        createDate: epochMs('When it came.'),
      }),
    ),
  }),
  ObjectPage: complete({
    items: arrayOf(
      { type: 'object', additionalProperties: true },
      'Flat objects: metadata and properties side by side.',
    ),
    endCursor: nullable('For the next page, safe to put into a URL as it is; null on the last one.'),
  }),
  ...graphSchemas,
  ...querySchemas,
  ResultLocation: complete({ url: string('The state document; whoever has this URL can read the result.') }),
  ResultState: {
    type: 'object',
    required: ['status', 'correlationId'],
    properties: {
      status: { enum: Object.values(ResultStatus) },
      correlationId: string('Id of the result.'),
      error: string('Why there is no result; of FAILED ones.'),
      ...resultPage,
      url: string('The same page as a document of its own.'),
    },
  },
  ResultPage: { type: 'object', properties: resultPage },
  Readiness: complete({
    ready: { type: 'boolean' },
    draining: { type: 'boolean', description: 'The process is about to stop.' },
    checks: { type: 'object', additionalProperties: { enum: ['ok', 'failing', 'timeout'] } },
  }),
  Error: complete({
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: string('Stable; clients may branch on it.'),
        message: string('A sentence: what, where, why, what to do.'),
        problems: arrayOf(problem, 'Offending items, at most 50.'),
      },
    },
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;
