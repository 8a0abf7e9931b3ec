import { z } from 'zod';
import { SyncJobStatus, SyncMode } from './sync-job';

/**
 * Bodies and query strings of the REST API, checked for shape only; the rules of source, scope and mode are the domain's.
 * Messages are predicates: the API puts the name of the field before them. Unknown members are ignored, `null` and `''` mean
 * absent, because clients send both (contract rule 24).
 */
const maxNameLength = 1024;
const maxReasonLength = 4096;
const maxDescriptionLength = 32_768;
const maxEventsPerRequest = 1000;
const maxPartialTypes = 10_000;
const maxListLimit = 200;
const defaultListLimit = 50;
export const maxExportLimit = 4000;
export const maxWaitSeconds = 20;
const defaultExportLimit = 1000;
export const maxVersionLimit = 1000;
export const defaultVersionLimit = 100;

const nothingIsAbsent = (value: unknown): unknown => (value === null || value === '' ? undefined : value);
const lastOfRepeated = (value: unknown): unknown => nothingIsAbsent(Array.isArray(value) ? value.at(-1) : value);

const text = z.string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a string') });

/** A name that becomes part of identities, search attributes and headers: bounded, and storable everywhere. */
const name = text
  .min(1, 'must not be empty')
  .max(maxNameLength, `must not be longer than ${maxNameLength} characters`)
  .refine((value) => !/\p{Surrogate}/u.test(value), 'must be valid Unicode')
  .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), 'must not contain control characters');

/** Free text of a client. Shortened, not refused: an abort must not fail because its reason is long. */
const prose = (maxLength: number) =>
  text.transform((value) => {
    const storable = value.replace(/\p{Surrogate}/gu, '\ufffd').replaceAll('\u0000', '\ufffd');
    return storable.length <= maxLength ? storable : `${storable.slice(0, maxLength - 1)}…`;
  });

const optional = <Schema extends z.ZodType>(schema: Schema) => z.preprocess(nothingIsAbsent, schema.optional());
const queryText = <Schema extends z.ZodType>(schema: Schema) => z.preprocess(lastOfRepeated, schema.optional());

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

const object = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape, { error: 'must be a JSON object' });

/** A bare or empty flag is absent; `True` comes from clients written in Python. */
const flag = z.preprocess(
  (value) => {
    const last = lastOfRepeated(value);
    return typeof last === 'string' ? last.toLowerCase() : last;
  },
  z
    .enum(['true', 'false', '1', '0'], { error: 'must be true or false' })
    .optional()
    .transform((value) => (value === undefined ? undefined : value === 'true' || value === '1')),
);

const count = z.preprocess(
  (value) => {
    const last = lastOfRepeated(value);
    return typeof last === 'string' ? Number(last) : last;
  },
  z.number({ error: 'must be a number' }).optional(),
);

/** Whole and inside the bounds, whatever number comes: `j1 export` halves its limit down to fractions. 0 means absent. */
const limit = (fallback: number, max: number) =>
  count.transform((value) =>
    value === undefined || value === 0 ? fallback : Math.min(max, Math.max(1, Math.floor(value))),
  );

export const startSyncJobBodySchema = object({
  source: z.preprocess(nothingIsAbsent, name),
  scope: optional(name),
  syncMode: optional(
    oneOf([SyncMode.diff, SyncMode.createOrUpdate, SyncMode.patch, SyncMode.crossScope, SyncMode.override]),
  ),
  integrationInstanceId: optional(name),
  integrationJobId: optional(name),
});

export const finalizeBodySchema = object({
  partialDatasets: optional(
    object({
      types: optional(
        z
          .array(name, { error: 'must be an array of types' })
          .max(maxPartialTypes, `must not have more than ${maxPartialTypes} elements`),
      ),
    }),
  ),
  dryRun: optional(z.boolean({ error: 'must be true or false' })),
});

export const abortBodySchema = object({
  reason: optional(prose(maxReasonLength)),
  terminalStatus: optional(oneOf([SyncJobStatus.aborted, SyncJobStatus.abortedInvalidConfiguration])),
});

export const eventsBodySchema = object({
  events: z
    .array(
      object({
        name: z.preprocess(nothingIsAbsent, name),
        description: optional(prose(maxDescriptionLength)).transform((value) => value ?? ''),
      }),
      { error: (issue) => (issue.input === undefined ? 'is missing' : 'must be an array') },
    )
    .max(maxEventsPerRequest, `must not have more than ${maxEventsPerRequest} elements`),
});

export const uploadFlagsSchema = z.object({ ignoreDuplicates: flag, ignoreIllegalProperties: flag });
export const finalizeFlagsSchema = z.object({ dryRun: flag });

/** Seconds that a client is willing to wait for the end of the job; more than the most are cut off. */
export const getSyncJobQuerySchema = z.object({
  wait: count.transform((seconds = 0) => Math.min(maxWaitSeconds, Math.max(0, seconds))),
});

export const listSyncJobsQuerySchema = z.object({
  status: queryText(oneOf(Object.values(SyncJobStatus) as [SyncJobStatus, ...SyncJobStatus[]])),
  source: queryText(name),
  scope: queryText(name),
  integrationInstanceId: queryText(name),
  limit: limit(defaultListLimit, maxListLimit),
  cursor: queryText(name),
});

export const exportQuerySchema = z.object({
  limit: limit(defaultExportLimit, maxExportLimit),
  includeDeleted: flag,
  cursor: queryText(text.max(4096, 'must not be longer than 4096 characters')),
});

const version = z
  .number({ error: 'must be the number of a version' })
  .int('must be the number of a version')
  .min(1, 'must be the number of a version');
const versionNumber = z.preprocess((value) => {
  const last = lastOfRepeated(value);
  return typeof last === 'string' ? Number(last) : last;
}, version.optional());

export const listVersionsQuerySchema = z.object({
  limit: limit(defaultVersionLimit, maxVersionLimit),
  cursor: versionNumber,
});

export const compareVersionsQuerySchema = z.object({ from: versionNumber, to: versionNumber });

export const versionParamsSchema = z.object({
  version: z.preprocess(
    (value) => (value === 'latest' ? value : Number(value)),
    z.union([z.literal('latest'), version], { error: 'must be the number of a version, or latest' }),
  ),
});
