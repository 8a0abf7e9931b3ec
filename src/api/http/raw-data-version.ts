import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import type { RawDataVersion } from '../../domain/graph/raw-data-store';

/** A version of raw data as all endpoints show it, with JupiterOne's names. */
export const rawDataVersion = (version: RawDataVersion) => ({
  beginOn: version.beginOn,
  contentType: version.contentType,
  contentLength: version.contentLength,
  createdOn: version.createdOn,
  deleted: version.deleted,
  versionId: version.versionId,
});

export const noRawData = (entityId: string, name: string, version?: string): DomainError =>
  new DomainError(
    ErrorCode.notFound,
    version === undefined || version === 'latest'
      ? `The entity ${JSON.stringify(entityId)} has no raw data ${JSON.stringify(name)}.`
      : `The raw data ${JSON.stringify(name)} of the entity ${JSON.stringify(entityId)} has no content of version ${JSON.stringify(version)}.`,
  );
