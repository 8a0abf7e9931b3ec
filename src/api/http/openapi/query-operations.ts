import { ErrorCode } from '../../../contracts/error-code';
import type { Operation } from './operation';
import { ref } from './schemas';

const bodyErrors = [ErrorCode.invalidBody, ErrorCode.requestEntityTooLarge, ErrorCode.unsupportedMediaType];

/** One endpoint under the paths that clients know. */
const graphqlPaths = {
  graphql: '/graphql',
  graphqlAtRoot: '/',
  graphqlOfRules: '/rules/graphql',
  graphqlOfPersister: '/persister/graphql',
} as const;

const graphql = Object.entries(graphqlPaths).flatMap(([id, path]): readonly Operation[] => [
  {
    method: 'post',
    path,
    id,
    summary: 'GraphQL: one operation, or an array of them',
    description: 'What a document or an operation gets wrong is told in `errors` of an answer of 200.',
    body: { required: true, schema: ref('GraphqlBody') },
    answer: ref('GraphqlAnswers'),
    errors: bodyErrors,
  },
  // The root has a GET of its own, which answers browsers with the same page.
  ...(path === '/'
    ? []
    : [
        {
          method: 'get',
          path,
          id: `${id}Page`,
          summary: 'GraphiQL, a page to try GraphQL operations in',
          errors: [],
          isPublic: true,
        } as const,
      ]),
]);

export const queryOperations: readonly Operation[] = [
  ...graphql,
  {
    method: 'get',
    path: '/graphql/graphiql/{file}',
    id: 'graphiqlFile',
    summary: 'What the page of GraphiQL loads',
    errors: [ErrorCode.notFound],
    isPublic: true,
  },
  {
    method: 'post',
    path: '/j1ql/validate',
    id: 'validateQueries',
    summary: 'Check J1QL queries without running them',
    description: 'An invalid query is part of the answer, not an error. Verdicts come in the order of the queries.',
    body: { required: true, schema: ref('QueriesBody') },
    answer: ref('QueryVerdicts'),
    errors: bodyErrors,
  },
  {
    method: 'post',
    path: '/j1ql/optimize',
    id: 'optimizeQueries',
    summary: 'J1QL queries as we would write them',
    description:
      'An invalid query is part of the answer, not an error. Queries come in the order that they were sent in.',
    body: { required: true, schema: ref('QueriesBody') },
    answer: ref('OptimizedQueries'),
    errors: bodyErrors,
  },
  {
    method: 'post',
    path: '/j1ql/explain',
    id: 'explainQuery',
    summary: 'Run a J1QL query and say how it was answered',
    body: { required: true, schema: ref('ExplainBody') },
    answer: ref('Explanation'),
    errors: [
      ...bodyErrors,
      ErrorCode.parserError,
      ErrorCode.validationError,
      ErrorCode.queryTimeout,
      ErrorCode.queryTooLarge,
    ],
  },
];
