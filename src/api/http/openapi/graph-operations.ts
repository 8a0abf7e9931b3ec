import { ErrorCode } from '../../../contracts/error-code';
import { defaultVersionLimit, maxVersionLimit } from '../../../contracts/sync-api.schema';
import type { ObjectKind } from '../../../domain/graph/identity';
import type { Operation } from './operation';
import { ref } from './schemas';

const versionsOf = (kind: ObjectKind): readonly Operation[] => {
  const [path, name] = kind === 'entity' ? ['/entities/{id}', 'Entity'] : ['/relationships/{id}', 'Relationship'];
  return [
    {
      method: 'get',
      path: `${path}/versions`,
      id: `list${name}Versions`,
      summary: `Versions of ${kind === 'entity' ? 'an entity' : 'a relationship'}, newest first`,
      query: {
        limit: {
          type: 'number',
          default: defaultVersionLimit,
          description: `Kept between 1 and ${maxVersionLimit}.`,
        },
        cursor: { type: 'string', description: '`endCursor` of the page before.' },
      },
      answer: ref('VersionPage'),
      errors: [ErrorCode.notFound],
    },
    {
      method: 'get',
      path: `${path}/versions/{version}`,
      id: `get${name}Version`,
      summary: `One version of the ${kind} in full; \`latest\` for the present one`,
      answer: { type: 'object', required: [kind], properties: { [kind]: { type: 'object' } } },
      errors: [ErrorCode.notFound],
    },
    {
      method: 'get',
      path: `${path}/versions/diff`,
      id: `compare${name}Versions`,
      summary: 'What changed between two versions',
      query: {
        from: { type: 'integer', minimum: 1, description: 'Default: the one before `to`.' },
        to: { type: 'integer', minimum: 1, description: 'Default: the latest one.' },
      },
      answer: ref('VersionDifference'),
      errors: [ErrorCode.notFound],
    },
  ];
};

const rawData = '/entities/{id}/raw-data';

/** Versions of objects, and raw data. */
export const graphOperations: readonly Operation[] = [
  ...versionsOf('entity'),
  ...versionsOf('relationship'),
  {
    method: 'get',
    path: rawData,
    id: 'getRawData',
    summary: 'Latest version of every entry of raw data of an entity, without content',
    answer: ref('RawDataEntries'),
    errors: [ErrorCode.notFound],
  },
  {
    method: 'get',
    path: '/entities/{id}/raw-data-versions',
    id: 'listRawDataVersions',
    summary: 'All versions of every entry of raw data of an entity, newest first',
    answer: ref('RawDataHistories'),
    errors: [ErrorCode.notFound],
  },
  {
    method: 'get',
    path: `${rawData}/{name}/versions`,
    id: 'listRawDataEntryVersions',
    summary: 'All versions of one entry of raw data, newest first',
    answer: ref('RawDataHistory'),
    errors: [ErrorCode.notFound],
  },
  {
    method: 'get',
    path: `${rawData}/{name}/versions/{version}`,
    id: 'downloadRawData',
    summary: 'A version of an entry of raw data itself, with its own content type; `latest` for the present one',
    isDocument: true,
    errors: [ErrorCode.notFound],
  },
  {
    method: 'put',
    path: `${rawData}/{name}`,
    id: 'putRawData',
    summary: 'Store a document beside an entity',
    description:
      'The body is kept as it is, under its Content-Type. JSON must be valid. The same content again makes no new version.',
    body: { required: true, schema: {}, isDocument: true },
    answer: ref('RawDataVersion'),
    errors: [
      ErrorCode.invalidBody,
      ErrorCode.requestEntityTooLarge,
      ErrorCode.unsupportedMediaType,
      ErrorCode.notFound,
    ],
  },
  {
    method: 'delete',
    path: `${rawData}/{name}`,
    id: 'deleteRawData',
    summary: 'End an entry of raw data; earlier versions stay',
    answer: { type: 'object', required: ['deleteCount'], properties: { deleteCount: { type: 'integer' } } },
    errors: [ErrorCode.notFound],
  },
];
