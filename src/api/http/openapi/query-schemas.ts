import { ErrorCode } from '../../../contracts/error-code';
import { maxQueriesPerValidation } from '../../../contracts/query-api.schema';
import { arrayOf, complete, nullable, refTo, string, type JsonSchema } from './schema-parts';

const oneOrMany = (each: JsonSchema): JsonSchema => ({ oneOf: [each, arrayOf(each)] });

const queryFault = complete({
  message: string('Line, column, what was found and what was expected, and the line with a caret below it.'),
  code: { enum: [ErrorCode.parserError, ErrorCode.validationError] },
});

/** J1QL by REST, and GraphQL. */
export const querySchemas = {
  /** Of `/j1ql/validate` and `/j1ql/optimize`. */
  QueriesBody: complete({
    queries: { ...arrayOf({ type: 'string' }, 'Queries in J1QL.'), maxItems: maxQueriesPerValidation },
  }),
  QueryVerdicts: arrayOf({
    type: 'object',
    required: ['query', 'valid'],
    properties: {
      query: string('As sent.'),
      valid: { type: 'boolean' },
      error: queryFault,
    },
  }),
  OptimizedQueries: arrayOf({
    type: 'object',
    required: ['originalQuery', 'valid', 'optimizedQuery', 'optimizations'],
    properties: {
      originalQuery: string('As sent.'),
      valid: { type: 'boolean' },
      optimizedQuery: nullable('The same query as we would write it; null for one that is not valid.'),
      optimizations: arrayOf(complete({ name: string('What was done.'), description: string('Why.') })),
      error: queryFault,
    },
  }),
  ExplainBody: {
    type: 'object',
    required: ['query'],
    properties: {
      query: string('In J1QL.'),
      variables: { type: ['object', 'null'], additionalProperties: true },
      includeDeleted: { type: ['boolean', 'null'], description: 'Deleted objects too.' },
      scopeFilters: { type: ['array', 'null'], items: { type: 'object' } },
    },
  },
  Explanation: complete({
    query: string('As we would write it.'),
    plan: { type: 'object', description: 'What is asked for, with nothing left to resolve.' },
    reads: arrayOf(
      complete({
        read: string('Kind of read.'),
        index: string('Index of MongoDB, or `memory`.'),
        calls: { type: 'integer' },
        rows: { type: 'integer' },
        ms: { type: 'number' },
      }),
    ),
    rows: { type: 'integer', description: 'Of the first page.' },
    isStreamed: {
      type: 'boolean',
      description: 'Pages are read one by one; else all rows are computed for the first.',
    },
    ms: { type: 'number', description: 'Milliseconds.' },
    hints: arrayOf({ type: 'string' }, 'Classes, types and properties that nothing in the graph has, with near names.'),
  }),
  GraphqlBody: oneOrMany(refTo('GraphqlOperation')),
  GraphqlOperation: {
    type: 'object',
    required: ['query'],
    properties: {
      query: string('Document.'),
      variables: { type: ['object', 'null'] },
      operationName: nullable('Of a document with several operations.'),
    },
  },
  GraphqlAnswers: oneOrMany(refTo('GraphqlAnswer')),
  GraphqlAnswer: {
    type: 'object',
    properties: {
      errors: arrayOf(
        {
          type: 'object',
          required: ['message', 'extensions'],
          properties: {
            message: string('A sentence.'),
            locations: arrayOf({ type: 'object' }, 'Of errors in the document.'),
            path: arrayOf({ type: ['string', 'number'] }, 'Of errors in a field.'),
            extensions: { type: 'object', properties: { code: string('Stable.'), serviceName: string('perijove') } },
          },
        },
        'Only if there are some.',
      ),
      data: { type: ['object', 'null'] },
    },
  },
} as const satisfies Readonly<Record<string, JsonSchema>>;
