import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { createHash } from 'node:crypto';
import type { GraphqlOptions } from '../../../src/api/http/answer-graphql';
import { buildApp, type ApiOptions } from '../../../src/api/http/build-app';
import { ErrorCode } from '../../../src/contracts/error-code';
import { DomainError } from '../../../src/domain/errors';
import { stagedRowBytes, type ScannedObjects } from '../../../src/domain/ingest/staged-rows';
import type { UploadReader } from '../../../src/domain/ingest/upload-reader';
import { createLogger } from '../../../src/observability/logger';
import { createMetrics } from '../../../src/observability/metrics';
import { createReadiness } from '../../../src/observability/readiness';
import { memoryAuthenticator } from '../../support/memory/memory-authenticator';
import { createMemoryTenants, type MemoryTenants } from '../../support/memory-tenants';

export const jobs = '/persister/synchronization/jobs';
export const credentials = { authorization: 'Bearer acme-secret-token', 'jupiterone-account': 'acme' };
export const otherCredentials = { authorization: 'Bearer other-secret-token', 'jupiterone-account': 'other' };

export const graphqlOptions: GraphqlOptions = {
  limits: { depth: 20, cost: 5000, aliases: 100, tokens: 10_000 },
  maxObjects: 100,
  introspection: true,
  maxOperations: 100,
};

export interface TestApp {
  readonly app: FastifyInstance;
  readonly tenants: MemoryTenants;
  /** Log lines so far, parsed. */
  readonly log: readonly Record<string, unknown>[];
  call(options: InjectOptions): Promise<LightMyRequestResponse>;
  /** Id of a new job of account acme. */
  start(): Promise<string>;
}

export function buildTestApp(options: Partial<ApiOptions> = {}): TestApp {
  const tenants = createMemoryTenants();
  const log: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const app = buildApp({
    authenticator: memoryAuthenticator(
      ['acme', 'other'].map((account) => ({ id: `${account}-token`, account, token: `${account}-secret-token` })),
    ),
    tenants,
    reader: plainReader,
    logger: createLogger({ level: 'info', name: 'test', destination }),
    metrics: createMetrics({ processMetrics: false }),
    readiness: createReadiness({ checks: {} }),
    graphql: graphqlOptions,
    queryResults: { documents: tenants.deferred.documents, publicUrl: undefined },
    limits: { maxBodyBytes: 1024 * 1024, maxInFlightBodyBytes: 4 * 1024 * 1024 },
    ...options,
  });
  const call = (request: InjectOptions): Promise<LightMyRequestResponse> =>
    app.inject({ ...request, headers: { ...credentials, ...request.headers } });
  return {
    app,
    tenants,
    log,
    call,
    async start() {
      const response = await call({ method: 'POST', url: jobs, payload: { source: 'api', scope: 'my-scope' } });
      return response.json<{ job: { id: string } }>().job.id;
    },
  };
}

/** Reads JSON without any rule on objects: enough for tests of what surrounds the reader. Rows hold key and hash only. */
const plainReader: UploadReader = {
  async read(body, { shape }) {
    let parsed: Record<string, unknown>;
    try {
      parsed = JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>;
    } catch {
      throw new DomainError(ErrorCode.invalidBody, 'The body is not valid JSON.');
    }
    const rowsOf = (part: string): ScannedObjects => {
      const objects = shape === 'upload' || shape === part ? ((parsed[part] ?? []) as unknown[]) : [];
      const rows = Buffer.alloc(objects.length * stagedRowBytes);
      objects.forEach((object, at) => {
        createHash('sha256')
          .update(JSON.stringify(object))
          .digest()
          .copy(rows, at * stagedRowBytes);
      });
      return { count: objects.length, rows };
    };
    const none = { ids: new Uint8Array(0), unresolvable: 0 };
    const [entities, relationships] = [rowsOf('entities'), rowsOf('relationships')];
    return { body, entities, relationships, deleteEntities: none, deleteRelationships: none, rawDataEntries: 0 };
  },
  readStream() {
    throw new Error('the API reads no streams');
  },
};
