import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

import type { Entity, Relationship } from './collect/graph';

/** Objects per upload request. */
export const BATCH_SIZE = 1_000;

const count = z.number().int().nonnegative().default(0);

/** The members of a job document that the demo reads. */
const jobSchema = z.object({
  id: z.string().min(1),
  status: z.string().min(1),
  numEntitiesUploaded: count,
  numEntitiesCreated: count,
  numEntitiesUpdated: count,
  numEntitiesDeleted: count,
  numRelationshipsUploaded: count,
  numRelationshipsCreated: count,
  numRelationshipsUpdated: count,
  numRelationshipsDeleted: count,
  numRelationshipCreateErrors: count,
});
export type SyncJob = z.infer<typeof jobSchema>;

const replySchema = z.object({ job: jobSchema });
const errorSchema = z.object({ error: z.object({ code: z.string().default('UNKNOWN'), message: z.string() }) });

/** The API refused a request or gave no usable answer; the message is a full sentence for the user. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    message: string,
    /** The API's own code, or `UNREACHABLE`, or `UNEXPECTED_REPLY`. */
    readonly code: string,
    readonly status?: number,
  ) {
    super(message);
  }
}

export interface ApiConnection {
  readonly apiBaseUrl: string;
  readonly account: string;
  readonly token: string;
}

/** The calls of the synchronization API that one upload needs; each answers with the job document. */
export interface SyncClient {
  start(scope: string): Promise<SyncJob>;
  uploadEntities(jobId: string, entities: readonly Entity[]): Promise<SyncJob>;
  uploadRelationships(jobId: string, relationships: readonly Relationship[]): Promise<SyncJob>;
  finalize(jobId: string): Promise<SyncJob>;
  abort(jobId: string, reason: string): Promise<SyncJob>;
  read(jobId: string): Promise<SyncJob>;
}

export function createSyncClient(connection: ApiConnection, signal?: AbortSignal): SyncClient {
  const root = '/persister/synchronization/jobs';
  const of = (jobId: string): string => `${root}/${encodeURIComponent(jobId)}`;
  const post = (path: string, body: unknown): Promise<SyncJob> =>
    request(connection, { method: 'POST', path, body, ...(signal && { signal }) });
  return {
    start: (scope) => post(root, { source: 'api', scope, syncMode: 'DIFF' }),
    uploadEntities: (jobId, entities) => post(`${of(jobId)}/entities`, { entities }),
    uploadRelationships: (jobId, relationships) => post(`${of(jobId)}/relationships`, { relationships }),
    finalize: (jobId) => post(`${of(jobId)}/finalize`, {}),
    // Not bound to the signal: giving up is the time when a job has to be aborted.
    abort: (jobId, reason) => request(connection, { method: 'POST', path: `${of(jobId)}/abort`, body: { reason } }),
    read: (jobId) => request(connection, { method: 'GET', path: of(jobId), ...(signal && { signal }) }),
  };
}

interface RequestParts {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 60_000;

async function request(connection: ApiConnection, parts: RequestParts): Promise<SyncJob> {
  const { status, json } = await call(connection, parts);
  const reply = replySchema.safeParse(json);
  if (!reply.success) {
    const what = `${parts.method} ${parts.path}`;
    throw new ApiError(`The API answered ${what} without a job document.`, 'UNEXPECTED_REPLY', status);
  }
  return reply.data.job;
}

/**
 * One request with the credentials of the connection.
 * @throws ApiError when there is no answer, or another status than 200
 */
export async function call(
  connection: ApiConnection,
  { method, path, body, signal }: RequestParts,
): Promise<{ readonly status: number; readonly json: unknown }> {
  const url = `${connection.apiBaseUrl.replace(/\/+$/, '')}${path}`;
  const what = `${method} ${path}`;
  const deadline = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method,
      headers: {
        Authorization: `Bearer ${connection.token}`,
        'JupiterOne-Account': connection.account,
        'Content-Type': 'application/json',
      },
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw new ApiError(
      `The API at ${connection.apiBaseUrl} did not answer ${what}: ${reasonOf(error)}.`,
      'UNREACHABLE',
    );
  }
  const json = parseJson(text);
  if (status !== 200) {
    const told = errorSchema.safeParse(json);
    if (!told.success) {
      throw new ApiError(
        `The API answered ${what} with status ${status} and no error document.`,
        'UNEXPECTED_REPLY',
        status,
      );
    }
    const { code, message } = told.data.error;
    throw new ApiError(`The API refused ${what} with status ${status}, ${code}: ${message}`, code, status);
  }
  return { status, json };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The reason in fetch's error: what failed on the wire stands in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  if (cause instanceof Error) return cause.message || ('code' in cause ? String(cause.code) : error.message);
  return error.message;
}

export function batchesOf<T>(objects: readonly T[], size = BATCH_SIZE): (readonly T[])[] {
  return Array.from({ length: Math.ceil(objects.length / size) }, (_, index) =>
    objects.slice(index * size, (index + 1) * size),
  );
}

const UNDER_WAY = new Set(['AWAITING_UPLOADS', 'FINALIZE_PENDING', 'FINALIZING_ENTITIES', 'FINALIZING_RELATIONSHIPS']);

export interface WaitOptions {
  readonly firstDelayMs?: number;
  readonly longestDelayMs?: number;
  readonly limitMs?: number;
  readonly signal?: AbortSignal;
  readonly onStatus?: (status: string) => void;
}

/**
 * Reads the job until its status is a terminal one, with pauses that double from 50 ms to 500 ms.
 * @throws ApiError `TIMED_OUT` when the job is still under way after five minutes.
 */
export async function waitForEnd(client: SyncClient, jobId: string, options: WaitOptions = {}): Promise<SyncJob> {
  const { firstDelayMs = 50, longestDelayMs = 500, limitMs = 300_000, signal, onStatus } = options;
  const startedAt = performance.now();
  for (let delay = firstDelayMs; ; delay = Math.min(longestDelayMs, delay * 2)) {
    const job = await client.read(jobId);
    onStatus?.(job.status);
    if (!UNDER_WAY.has(job.status)) return job;
    if (performance.now() - startedAt + delay > limitMs) {
      throw new ApiError(
        `Sync job ${jobId} is still ${job.status} after ${Math.round(limitMs / 1000)} s; look at its workflow in the Temporal Web UI.`,
        'TIMED_OUT',
      );
    }
    await sleep(delay, undefined, signal ? { signal } : {});
  }
}
