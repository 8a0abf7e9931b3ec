import { execute, type GraphQLSchema } from 'graphql';
import { Documents, type DocumentRules } from './documents';
import { documentError, runtimeError, type WireError } from './graphql-errors';
import { operationContext, type RequestContext } from './graphql-context';
import { createSchema } from './schema';

/** An operation as sent. What else it has is ignored (contract, rule 5). */
interface SentOperation {
  readonly query?: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
}

export interface GraphqlRules extends DocumentRules {
  /** Vertices and edges that one operation may find from other ones. */
  readonly maxObjects: number;
}

/** Members in this order; `errors` is there only if there are some (rule 6). */
export interface GraphqlAnswer {
  readonly errors?: readonly WireError[];
  readonly data?: unknown;
}

/** Answers single operations of the one schema. */
export class GraphqlService {
  private readonly schema: GraphQLSchema = createSchema();
  private readonly documents: Documents;

  constructor(private readonly rules: GraphqlRules) {
    this.documents = new Documents(this.schema, rules);
  }

  async answer(sent: unknown, request: RequestContext, reportFault: (err: unknown) => void): Promise<GraphqlAnswer> {
    const operation = operationOf(sent);
    if (typeof operation === 'string') return refused([documentError('BAD_USER_INPUT', { message: operation })]);
    const document = this.documents.read(operation.query);
    if (!('kind' in document)) return refused(document);
    const { data, errors } = await execute({
      schema: this.schema,
      document,
      contextValue: operationContext(request, this.rules),
      variableValues: operation.variables,
      operationName: operation.operationName,
    });
    if (!errors) return { data };
    const shown = errors.map((error) =>
      // Without a path it is about the variables or the name of the operation, and nothing was run.
      error.path ? runtimeError(error, request.requestId, reportFault) : documentError('BAD_USER_INPUT', error),
    );
    return data === undefined ? refused(shown) : { errors: shown, data };
  }
}

const refused = (errors: readonly WireError[]): GraphqlAnswer => ({ errors });

interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>> | null;
  readonly operationName: string | null;
}

/** A text says what is wrong. */
function operationOf(sent: unknown): Operation | string {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
    return 'An operation must be a JSON object with the member "query".';
  }
  const { query, variables = null, operationName = null } = sent as SentOperation;
  if (typeof query !== 'string' || query.trim() === '') {
    return '"query" must be a text with a GraphQL document.';
  }
  if (typeof variables !== 'object' || Array.isArray(variables)) return '"variables" must be an object or null.';
  if (operationName !== null && typeof operationName !== 'string') return '"operationName" must be a text or null.';
  return { query, variables: variables as Operation['variables'], operationName: operationName || null };
}
