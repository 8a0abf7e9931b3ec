import { execute, Kind, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
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

export interface OperationObserver {
  /** A fault of ours. */
  failed(err: unknown): void;
  /** `field` is the first root field, or `none` of an operation that was not run; `result` the code of the first error, or OK. */
  answered(outcome: { readonly field: string; readonly result: string; readonly seconds: number }): void;
}

/** Answers single operations of the one schema. */
export class GraphqlService {
  private readonly schema: GraphQLSchema = createSchema();
  private readonly documents: Documents;

  constructor(private readonly rules: GraphqlRules) {
    this.documents = new Documents(this.schema, rules);
  }

  async answer(sent: unknown, request: RequestContext, observer: OperationObserver): Promise<GraphqlAnswer> {
    const started = performance.now();
    const { answer, field } = await this.run(sent, request, observer);
    const result = answer.errors?.[0]?.extensions.code ?? 'OK';
    observer.answered({ field, result, seconds: (performance.now() - started) / 1000 });
    return answer;
  }

  private async run(
    sent: unknown,
    request: RequestContext,
    observer: OperationObserver,
  ): Promise<{ readonly answer: GraphqlAnswer; readonly field: string }> {
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
    const field = rootFieldOf(document, operation.operationName);
    if (!errors) return { answer: { data }, field };
    const shown = errors.map((error) =>
      // Without a path it is about the variables or the name of the operation, and nothing was run.
      error.path
        ? runtimeError(error, request.requestId, (err) => observer.failed(err))
        : documentError('BAD_USER_INPUT', error),
    );
    return data === undefined ? refused(shown) : { answer: { errors: shown, data }, field };
  }
}

const refused = (errors: readonly WireError[]) => ({ answer: { errors }, field: 'none' });

/** The first field of the operation that is run; names of the schema alone, for the document fits it. */
function rootFieldOf({ definitions }: DocumentNode, operationName: string | null): string {
  const operation = definitions.find(
    (definition): definition is OperationDefinitionNode =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      (operationName === null || definition.name?.value === operationName),
  );
  const [first] = operation?.selectionSet.selections ?? [];
  return first?.kind === Kind.FIELD ? first.name.value : 'fragment';
}

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
