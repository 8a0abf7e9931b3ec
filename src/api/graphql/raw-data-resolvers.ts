import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { readEntries, shownContent } from '../../domain/graph/raw-data-entries';
import type { RawDataContent } from '../../domain/graph/raw-data-store';
import { withoutAbsent } from '../http/without-absent';
import { given } from './given';
import type { GraphqlContext, Resolver, Resolvers } from './graphql-context';

interface ContentArguments {
  readonly entityId: string;
  readonly name?: string | null;
  readonly versionId?: string | null;
}

interface VersionsArguments {
  readonly entityId: string;
  readonly name?: string | null;
  readonly startVersion?: string | null;
  readonly maxResults?: number | null;
}

const defaultResults = 100;
const mostResults = 1000;

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The types of a union differ between fields, what they hold does not. */
const contentOf =
  (typeSuffix: '' | 'Legacy'): Resolver<ContentArguments> =>
  async (_source, { entityId, name, versionId }, { tenant }) => {
    const only = withoutAbsent({ name: given(name), versionId: given(versionId) });
    const contents = await tenant.rawData.contents(entityId, only);
    const payload = contents.map((content) => {
      const { kind, data } = shownContent(content, toBase64);
      const __typename = `${kind === 'json' ? 'RawDataJSONEntity' : 'RawDataTextEntity'}${typeSuffix}`;
      return { __typename, name: content.name, contentType: content.contentType, data };
    });
    return { entityId, payload };
  };

const entityRawDataV2: Resolver<{ readonly entityId: string }> = async (_source, { entityId }, context) => {
  const contents = await contentsIfThere(entityId, context);
  const newest = contents.reduce((latest, { beginOn }) => Math.max(latest, beginOn), 0);
  const isThere = contents.length > 0;
  return {
    entityId,
    status: isThere ? 'AVAILABLE' : 'NOT_AVAILABLE_OR_EXPIRED',
    message: isThere ? null : 'There is no raw data of an entity of this id.',
    collectedAt: isThere ? new Date(newest).toISOString() : null,
    payload: contents.map((content) => ({
      name: content.name,
      contentType: content.contentType,
      data: shownContent(content, toBase64).data,
    })),
  };
};

async function contentsIfThere(entityId: string, { tenant }: GraphqlContext): Promise<readonly RawDataContent[]> {
  try {
    return await tenant.rawData.contents(entityId);
  } catch (err) {
    if (err instanceof DomainError && err.code === ErrorCode.notFound) return [];
    throw err;
  }
}

const entityRawDataVersions: Resolver<VersionsArguments> = async (_source, args, { tenant }) => {
  const { entityId } = args;
  const name = given(args.name) ?? 'default';
  const all = await tenant.rawData.versions(entityId, { name });
  const startVersion = given(args.startVersion);
  const start = startVersion === undefined ? 0 : all.findIndex(({ versionId }) => versionId === startVersion);
  if (start < 0) {
    const sentence = `The raw data ${JSON.stringify(name)} has no version ${JSON.stringify(startVersion)}.`;
    throw new DomainError(ErrorCode.badRequest, `"startVersion": ${sentence}`);
  }
  const count = Math.min(mostResults, Math.max(1, args.maxResults ?? defaultResults));
  const versions = all.slice(start, start + count).map(({ versionId, beginOn, contentLength, latest }) => ({
    versionId,
    lastModifiedTimestamp: beginOn,
    sizeBytes: contentLength,
    latest,
  }));
  return { entityId, versions };
};

const upsertEntityRawData: Resolver<{ readonly entityId: string; readonly rawData: readonly unknown[] }> = async (
  _source,
  { entityId, rawData },
  { tenant },
) => {
  await tenant.rawData.put(entityId, readEntries(rawData));
  return { status: true };
};

const deleteEntityRawData: Resolver<{ readonly entityId: string; readonly names: readonly string[] }> = async (
  _source,
  { entityId, names },
  { tenant },
) => ({ deleteCount: await tenant.rawData.remove(entityId, names) });

export const rawDataResolvers: Resolvers = {
  Query: {
    entityRawData: contentOf(''),
    entityRawDataLegacy: contentOf('Legacy'),
    entityRawDataV2,
    entityRawDataVersions,
  },
  Mutation: { upsertEntityRawData, deleteEntityRawData },
};
