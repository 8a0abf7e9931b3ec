import {
  GraphQLError,
  Lexer,
  NoSchemaIntrospectionCustomRule,
  parse,
  Source,
  specifiedRules,
  TokenKind,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { limitRule, type DocumentLimits } from './document-limits';
import { documentError, type WireError } from './graphql-errors';

export interface DocumentRules {
  readonly limits: DocumentLimits;
  readonly introspection: boolean;
}

/** Characters of all documents kept; a parsed one takes some hundred times as many bytes at most. */
const keptCharacters = 512 * 1024;
const longestKept = 32 * 1024;
const maxErrors = 20;
/** Of brackets of any kind; the parser and those that walk what it makes are recursive. */
const maxNesting = 200;

/** Reads and checks documents. Those that are valid are kept, the latest used: clients send few, again and again. */
export class Documents {
  /** In the order of their use. */
  private readonly kept = new Map<string, DocumentNode>();
  private characters = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly rules: DocumentRules,
  ) {}

  read(text: string): DocumentNode | readonly WireError[] {
    const known = this.kept.get(text);
    if (known) {
      this.kept.delete(text);
      this.kept.set(text, known);
      return known;
    }
    const found = this.check(text);
    if ('kind' in found) this.keep(text, found);
    return found;
  }

  private check(text: string): DocumentNode | readonly WireError[] {
    const { limits, introspection } = this.rules;
    let document: DocumentNode;
    try {
      checkNesting(text, limits.tokens);
      document = parse(text, { maxTokens: limits.tokens });
    } catch (err) {
      if (!(err instanceof GraphQLError)) throw err;
      return [documentError('GRAPHQL_PARSE_FAILED', err)];
    }
    const tooLarge = validate(this.schema, document, [limitRule(limits)]);
    const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
    const errors = tooLarge.length > 0 ? tooLarge : validate(this.schema, document, rules, { maxErrors });
    if (errors.length === 0) return document;
    return errors.map((error) => documentError('GRAPHQL_VALIDATION_FAILED', clearer(error)));
  }

  private keep(text: string, document: DocumentNode): void {
    if (text.length > longestKept) return;
    this.kept.set(text, document);
    this.characters += text.length;
    for (const oldest of this.kept.keys()) {
      if (this.characters <= keptCharacters) return;
      this.kept.delete(oldest);
      this.characters -= oldest.length;
    }
  }
}

const opening: readonly TokenKind[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L];
const closing: readonly TokenKind[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R];

/** @throws GraphQLError */
function checkNesting(text: string, maxTokens: number): void {
  const source = new Source(text);
  const lexer = new Lexer(source);
  let depth = 0;
  for (let read = 0; read <= maxTokens; read++) {
    const { kind, start } = lexer.advance();
    if (kind === TokenKind.EOF) return;
    if (closing.includes(kind)) depth--;
    if (!opening.includes(kind) || ++depth <= maxNesting) continue;
    const message = `Syntax Error: More than ${maxNesting} brackets inside each other.`;
    throw new GraphQLError(message, { source, positions: [start] });
  }
}

/** graphql-js gives up comparing fields of one name when there are too many, in two words. */
const clearer = (error: GraphQLError): Pick<GraphQLError, 'message' | 'locations'> =>
  error.message === 'Validation aborted.'
    ? { message: 'The document names the same fields too often to be checked.', locations: error.locations }
    : error;
