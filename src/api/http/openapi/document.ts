import { ErrorCode } from '../../../contracts/error-code';
import { statusOf } from '../problem';
import { errorMeanings } from './error-meanings';
import { operations, type Operation } from './operations';
import { ref, schemas, type JsonSchema } from './schemas';

type Json = Readonly<Record<string, unknown>>;

/** What any operation with credentials may answer. */
const errorsOfAll = [ErrorCode.badRequest, ErrorCode.unauthorized, ErrorCode.unavailable, ErrorCode.internal];

/** Codes that the operation may answer with. */
export const errorsOf = (operation: Operation): readonly ErrorCode[] =>
  operation.isPublic === true
    ? [ErrorCode.internal, ...operation.errors]
    : [...new Set([...errorsOfAll, ...operation.errors])];

const pathSchemas: Readonly<Record<string, JsonSchema>> = {
  id: { type: 'string', format: 'uuid' },
  page: { type: 'integer', minimum: 0 },
};

export const openApiDocument: Json = {
  openapi: '3.1.0',
  info: {
    title: 'Perijove',
    version: '1',
    description:
      'JupiterOne-compatible synchronization API. Success is always 200. Errors are `{"error":{"code","message"}}`; branch on the code.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  security: [{ token: [], account: [] }],
  paths: groupByPath(),
  components: {
    schemas,
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer' },
      account: {
        type: 'apiKey',
        in: 'header',
        name: 'JupiterOne-Account',
        description: 'Account of the token. The older name LifeOmic-Account works too.',
      },
    },
  },
};

function groupByPath(): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method] = describe(operation);
  return paths;
}

function describe(operation: Operation): Json {
  const { id, summary, description, body, isPublic } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: id,
    summary,
    ...(description !== undefined && { description }),
    ...(isPublic === true && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: { required: body.required, content: contentOf(body) } }),
    responses: { '200': success(operation), ...notReady(operation), ...errorResponses(errorsOf(operation)) },
  };
}

function parametersOf({ path, query = {}, body }: Operation): Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: pathSchemas[name] ?? { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, schema]) => ({ name, in: 'query', schema }));
  const inHeader =
    body?.isUpload === true
      ? [
          { name: 'JupiterOne-Correlation-Id', in: 'header', schema: { type: 'string' } },
          { name: 'Content-Encoding', in: 'header', schema: { enum: ['gzip', 'identity'] } },
        ]
      : [];
  return [...inPath, ...inQuery, ...inHeader];
}

function contentOf({ schema, isUpload, isDocument }: NonNullable<Operation['body']>): Json {
  if (isDocument === true) return { '*/*': { schema } };
  const json = { 'application/json': { schema } };
  if (isUpload !== true) return json;
  const csv: JsonSchema = { type: 'string', description: 'A row with an endpoint column filled is a relationship.' };
  return { ...json, 'application/yaml': { schema }, 'text/csv': { schema: csv } };
}

function success({ answer, summary, isDocument }: Operation): Json {
  if (isDocument === true) return { description: summary, content: { '*/*': { schema: {} } } };
  const content =
    answer === undefined
      ? { 'text/plain': { schema: { type: 'string' } } }
      : { 'application/json': { schema: answer } };
  return { description: summary, content };
}

function notReady({ notReadyAnswer }: Operation): Json {
  if (notReadyAnswer === undefined) return {};
  return { '503': { description: 'Not ready.', content: { 'application/json': { schema: notReadyAnswer } } } };
}

function errorResponses(codes: readonly ErrorCode[]): Json {
  const byStatus = Map.groupBy(codes, statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, codesOfStatus]) => [
      String(status),
      {
        description: codesOfStatus.map((code) => `\`${code}\`: ${errorMeanings[code]}`).join('\n\n'),
        content: { 'application/json': { schema: ref('Error') } },
      },
    ]),
  );
}
