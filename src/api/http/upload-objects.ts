import type { FastifyInstance } from 'fastify';
import { ErrorCode } from '../../contracts/error-code';
import { uploadFlagsSchema } from '../../contracts/sync-api.schema';
import { DomainError } from '../../domain/errors';
import type { ReadOptions } from '../../domain/ingest/upload-reader';
import { jobIdOf, jobsPath, tenantOf, type ApiDependencies } from './api-dependencies';
import { withBody } from './body/read-body';
import { declaredFormat, formatOf } from './body/upload-format';
import { parseInput } from './parse-input';
import { correlationIdOf } from './request-id';
import { uploadIdOf } from './upload-id';

/** `upload`, `entities` and `relationships` differ in what their top level may hold, and in nothing else. */
export function registerUploadObjects(
  app: FastifyInstance,
  { api, shape }: { api: ApiDependencies; shape: ReadOptions['shape'] },
): void {
  app.post(`${jobsPath}/:id/${shape}`, async (request, reply) => {
    const { syncJobs } = tenantOf(api, request);
    const jobId = jobIdOf(request);
    const flags = parseInput(uploadFlagsSchema, request.query, 'query string');
    const contentType = request.headers['content-type'];
    const declared = declaredFormat(contentType);
    // Before the body: a client whose job is closed or unknown need not wait for room for its bytes.
    const target = await syncJobs.uploadTarget(jobId);
    const ignoreDuplicates = target.ignoreDuplicates || (flags.ignoreDuplicates ?? false);

    const job = await withBody({ request, reply, limits: api.uploads }, async (body) => {
      if (body.length === 0)
        throw new DomainError(ErrorCode.invalidBody, 'The body is empty; it must hold the objects to upload.');
      const upload = await api.reader.read(body, {
        format: formatOf(declared, body, contentType),
        shape,
        syncMode: target.syncMode,
        entityNamespace: target.entityNamespace,
        relationshipNamespace: target.relationshipNamespace,
        ignoreDuplicates,
        ignoreIllegalProperties: target.ignoreIllegalProperties || (flags.ignoreIllegalProperties ?? false),
      });
      const uploadId = uploadIdOf(correlationIdOf(request.headers), upload);
      const after = await syncJobs.upload({ target, uploadId, upload, ignoreDuplicates });
      api.metrics.uploadedBytes.inc(body.length);
      api.metrics.uploadedObjects.inc({ kind: 'entity' }, upload.entities.count);
      api.metrics.uploadedObjects.inc({ kind: 'relationship' }, upload.relationships.count);
      return after;
    });
    return { job };
  });
}
