import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { benchEntityId } from '../product-graph';
import { j1qlOf, type Answer, type Cell, type Question } from '../questions';
import type { MakeSide, SideOptions } from './side';

const page = `query ($query: String!, $cursor: String) {
  queryV1(query: $query, cursor: $cursor, deferredResponse: DISABLED) { type data cursor }
}`;
const vertex = `query ($id: String!) { vertex(id: $id) { entity { _type } properties } }`;

interface Wire {
  readonly queryV1: { readonly data: readonly unknown[]; readonly cursor: string | null };
  readonly allEntityCounts: Readonly<Record<'typeCounts' | 'classCounts', Readonly<Record<string, number>>>>;
  readonly vertex: {
    readonly entity: { readonly _type: readonly string[] | string };
    readonly properties: Readonly<Record<string, Cell>>;
  };
}

/** Perijove through its GraphQL endpoint, over kept-alive connections; all pages of an answer. */
export const makeHttp: MakeSide = async ({ product, lanes }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  const send = async (query: string, variables: object): Promise<Wire> => {
    const text = await post(agent, product, '/graphql', { query, variables });
    const { data, errors } = JSON.parse(text) as { data?: Wire; errors?: unknown };
    if (!data || errors) throw new Error(text.slice(0, 500));
    return data;
  };
  return {
    pids: [],
    async load(log) {
      const from = performance.now();
      // Each such question counts as one of those that make the server take a copy.
      while (!(await post(agent, product, '/j1ql/explain', { query: 'FIND Host LIMIT 1' })).includes('"copy"'))
        await sleep(500);
      log(`http: a copy in the server after ${((performance.now() - from) / 1000).toFixed(1)} s`);
    },
    answer: async (question) => await answer(question, send, product.account),
    close: async () => {
      agent.destroy();
    },
  };
};

async function answer(
  question: Question,
  send: (query: string, variables: object) => Promise<Wire>,
  account: string,
): Promise<Answer> {
  if (question.kind === 'allCounts') {
    const { typeCounts, classCounts } = (await send('{ allEntityCounts }', {})).allEntityCounts;
    return [...Object.entries(typeCounts), ...Object.entries(classCounts)];
  }
  if (question.kind === 'byId') {
    const { entity, properties } = (await send(vertex, { id: benchEntityId(account, question.key) })).vertex;
    return [[properties.name ?? null, [entity._type].flat()[0] ?? null, properties.score ?? null]];
  }
  const rows: (readonly Cell[])[] = [];
  let cursor: string | null = null;
  do {
    const { queryV1 }: Wire = await send(page, { query: j1qlOf(question), cursor });
    for (const row of queryV1.data) rows.push(cellsOf(row));
    cursor = queryV1.cursor;
  } while (cursor !== null && question.kind !== 'hasLimit');
  return rows;
}

/** Of a row of a list the key; of one of a table the cells. */
export function cellsOf(row: unknown): readonly Cell[] {
  const { entity } = row as { readonly entity?: { readonly _key: string } };
  return entity ? [entity._key] : Object.values(row as Readonly<Record<string, Cell>>);
}

async function post(
  agent: Agent,
  { apiBaseUrl, account, token }: SideOptions['product'],
  path: string,
  body: object,
): Promise<string> {
  const bytes = Buffer.from(JSON.stringify(body));
  return await new Promise((resolve, reject) => {
    const call = request(
      `${apiBaseUrl}${path}`,
      {
        method: 'POST',
        agent,
        headers: {
          Authorization: `Bearer ${token}`,
          'JupiterOne-Account': account,
          'Content-Type': 'application/json',
          'Content-Length': bytes.length,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`${String(response.statusCode)} ${text.slice(0, 500)}`));
        });
      },
    );
    call.on('error', reject);
    call.end(bytes);
  });
}
