import path from 'node:path';

import { createSources } from '../../../../scripts/demo/collect/sources';
import { runDemo, type DemoOptions } from '../../../../scripts/demo/run-demo';
import { createMachine, type MachineFixture } from './machine-fixture';
import { QUESTION } from '../../../../scripts/demo/ask';
import { startStandIn, type Answer, type SeenRequest, type StandIn } from './sync-api-stand-in';

const JOB = 'a1b2c3d4-0000-4000-8000-000000000001';
const TOKEN = 'token-that-must-not-be-shown';

/** Keeps the graph of a scope by key and counts as the product does: equal objects are neither created nor updated. */
function diffingApi(): (request: SeenRequest) => Answer {
  type Kind = 'entities' | 'relationships';
  type Objects = Map<string, string>;
  const stored: Record<Kind, Objects> = { entities: new Map(), relationships: new Map() };
  let staged: Record<Kind, Objects> = { entities: new Map(), relationships: new Map() };
  let job: Record<string, string | number> = {};
  const apply = (kind: Kind, name: string): void => {
    const [old, next] = [stored[kind], staged[kind]];
    job[`num${name}Uploaded`] = next.size;
    job[`num${name}Created`] = [...next.keys()].filter((key) => !old.has(key)).length;
    job[`num${name}Updated`] = [...next].filter(([key, text]) => old.has(key) && old.get(key) !== text).length;
    job[`num${name}Deleted`] = [...old.keys()].filter((key) => !next.has(key)).length;
    stored[kind] = next;
  };
  return ({ method, path, body }) => {
    if (path === '/graphql') return { body: { data: { queryV1: { data: [{ user: 'root', processes: 4 }] } } } };
    const kind = path.endsWith('/entities') ? 'entities' : 'relationships';
    if (method === 'POST' && path.endsWith('/jobs')) {
      job = { id: JOB, status: 'AWAITING_UPLOADS' };
      staged = { entities: new Map(), relationships: new Map() };
    } else if (path.endsWith('/finalize')) {
      apply('entities', 'Entities');
      apply('relationships', 'Relationships');
      job['status'] = 'FINISHED';
    } else if (method === 'POST') {
      const objects = (body as Record<Kind, { _key: string }[]>)[kind];
      for (const object of objects) staged[kind].set(object._key, JSON.stringify(object));
    }
    return { body: { job } };
  };
}

let machine: MachineFixture;
let api: StandIn;
beforeEach(() => {
  machine = createMachine();
});
afterEach(async () => {
  machine.delete();
  await api.close();
});

function prepare(more: Partial<DemoOptions> = {}) {
  const lines: string[] = [];
  const stops: string[] = [];
  const controller = new AbortController();
  const options: DemoOptions = {
    once: true,
    startProduct: async () => ({
      connection: {
        apiBaseUrl: api.apiBaseUrl,
        account: 'demo',
        token: TOKEN,
        temporalUiUrl: 'http://127.0.0.1:8233/',
        temporalNamespace: 'default',
      },
      connectionFile: path.resolve('.perijove/connection.json'),
      stop: async () => void stops.push('stopped'),
    }),
    sources: createSources({ root: machine.root, platform: 'linux' }),
    selfPid: 90,
    reporter: { line: (text) => lines.push(text) },
    signal: controller.signal,
    ...more,
  };
  return { options, stops, controller, text: () => lines.join('\n') };
}

it('creates the machine, finds nothing changed the second time, and sees a real change the third', async () => {
  api = await startStandIn(diffingApi());
  const first = prepare();
  await runDemo(first.options);
  expect(first.text()).toContain(`require('./.perijove/connection.json').token`);
  expect(first.text()).toContain('The graph of account demo now is as this machine is.');
  expect(first.text()).toContain(`http://127.0.0.1:8233/namespaces/default/workflows/sync-job%3Ademo%3A${JOB}`);
  expect(first.text()).toMatch(/^ *os_user +User +2$/m);
  expect(first.text()).toMatch(/^entities +(\d+) +\1 +0 +0$/m);
  expect(first.text()).toContain(`A question to the graph: ${QUESTION}`);
  expect(first.text()).toMatch(/^root +4$/m);
  expect(api.seen.at(-1)?.body).toMatchObject({ variables: { question: QUESTION } });
  expect(first.stops).toEqual(['stopped']);

  const second = prepare();
  await runDemo(second.options);
  expect(second.text()).toContain('Nothing changed since the last run');
  expect(second.text()).toMatch(/^entities +\d+ +0 +0 +0$/m);

  machine.remove('/proc/40');
  machine.write('/proc/net/tcp', '');
  const third = prepare();
  await runDemo(third.options);
  expect(third.text()).not.toContain('Nothing changed');
  expect(third.text()).toMatch(/^entities +\d+ +0 +0 +2$/m);
});

it('never shows the token', async () => {
  api = await startStandIn(diffingApi());
  const { options, text } = prepare();
  await runDemo(options);
  expect(api.seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  expect(text()).not.toContain(TOKEN);
});

it('keeps running until it is told to end', async () => {
  api = await startStandIn(diffingApi());
  const { options, stops, controller, text } = prepare({ once: false });
  const running = runDemo(options);
  while (!text().includes('keeps running')) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(stops).toEqual([]);
  controller.abort();
  await running;
  expect(stops).toEqual(['stopped']);
});

it('stops everything when the job fails', async () => {
  api = await startStandIn(() => ({
    status: 401,
    body: { error: { code: 'UNAUTHORIZED', message: 'Unknown token.' } },
  }));
  const { options, stops } = prepare();
  await expect(runDemo(options)).rejects.toThrow('UNAUTHORIZED: Unknown token.');
  expect(stops).toEqual(['stopped']);
});

it('stops everything when it is interrupted in the middle of the job', async () => {
  const controller = new AbortController();
  api = await startStandIn(({ path }) => {
    if (path.endsWith('/entities')) controller.abort();
    return { body: { job: { id: JOB, status: 'AWAITING_UPLOADS' } } };
  });
  const { options, stops } = prepare({ signal: controller.signal });
  await expect(runDemo(options)).rejects.toMatchObject({ name: 'AbortError' });
  expect(stops).toEqual(['stopped']);
  expect(api.seen.at(-1)?.path).toMatch(/\/abort$/);
});

it('overwrites one line on a terminal', async () => {
  api = await startStandIn(diffingApi());
  const shown: (string | undefined)[] = [];
  const { options, text } = prepare();
  await runDemo({ ...options, reporter: { ...options.reporter, status: (what) => void shown.push(what) } });
  expect(shown.at(-1)).toBeUndefined();
  expect(shown).toContain('FINISHED');
  expect(text()).not.toContain('uploaded 1');
});
