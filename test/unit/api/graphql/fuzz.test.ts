import fc from 'fast-check';
import { parse, type OperationDefinitionNode } from 'graphql';
import { buildTestApp } from '../build-test-app';
import { clientDocuments } from './client-documents';

interface Answer {
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', 'a', '\0', '__proto__', 'FIND *', 'FIND User RETURN TREE', '$where', 'AND', 'FORCE'),
);
const anyValue = fc.oneof(
  text,
  fc.uuid(),
  fc.integer(),
  fc.constantFrom(null, [], {}, 0, -1, 1, 1e308, true, ['User'], { _id: '' }, { rowMetadata: true }),
  fc.array(text, { maxLength: 3 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** An operation of a client with values of any kind for its variables; mostly such that fit. */
const operation = fc.constantFrom(...clientDocuments).chain(({ text: query }) => {
  const { variableDefinitions = [] } = parse(query).definitions[0] as OperationDefinitionNode;
  const names = variableDefinitions.map(({ variable }) => variable.name.value);
  return fc
    .record(Object.fromEntries(names.map((name) => [name, anyValue])), { requiredKeys: [] })
    .map((variables) => ({ query, variables }));
});

describe('any operation', () => {
  const test = buildTestApp();
  test.tenants.setGraph('acme', 'entity', [
    // As of every stored entity, what the schema promises is there.
    {
      _id: 'a',
      _accountId: 'acme',
      _source: 'api',
      _key: 'a',
      _type: 'user',
      _class: ['User'],
      _version: 1,
      _createdOn: 1_700_000_000_000,
      _beginOn: 1_700_000_000_000,
      _deleted: false,
      name: 'Ann',
    },
  ]);
  const send = async (payload: unknown) =>
    await test.call({
      method: 'POST',
      url: '/',
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(payload),
    });

  it('of a client, with any variables, is answered without a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(operation, async (sent) => {
        const response = await send(sent);
        expect(response.statusCode).toBe(200);
        const { errors = [] } = response.json<Answer>();
        expect(errors.map(({ extensions }) => extensions.code)).not.toContain('INTERNAL_SERVER_ERROR');
        for (const { message } of errors) expect(message.length).toBeGreaterThan(5);
      }),
      { numRuns: 400 },
    );
  });

  it('that is none is told so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (sent) => {
        const response = await send(sent);
        expect(response.statusCode).toBe(200);
        const answers = [response.json<Answer | Answer[]>()].flat();
        expect(answers).toHaveLength(Array.isArray(sent) ? sent.length : 1);
        for (const { errors } of answers) expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      }),
      { numRuns: 300 },
    );
  });

  it('of any text is told what is wrong with it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.constantFrom(
            '{',
            '}',
            '(',
            ')',
            '[',
            ']',
            'query',
            'mutation',
            'fragment',
            'on',
            'Query',
            '...',
            '$a',
            ':',
            '!',
            '"',
            '"""',
            '#',
            'queryV1',
            'vertex',
            '@include',
            '\n',
            '1e9',
            '\u0000',
          ),
          { maxLength: 30 },
        ),
        async (words) => {
          const response = await send({ query: words.join(' ') });
          expect(response.statusCode).toBe(200);
          expect(response.json<Answer>().errors?.[0]?.extensions.code).toMatch(/^(GRAPHQL_\w+|BAD_USER_INPUT)$/);
        },
      ),
      { numRuns: 200 },
    );
  });
});
