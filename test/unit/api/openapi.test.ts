import type { fastify } from 'fastify';
import { errorMeanings } from '../../../src/api/http/openapi/error-meanings';
import { statusOf } from '../../../src/api/http/problem';
import { ErrorCode } from '../../../src/contracts/error-code';
import { tableRows } from '../../support/markdown-table';
import { buildTestApp } from './build-test-app';

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, unknown>; operationId: string }>>;
  components: { schemas: Record<string, { required?: string[] }> };
}

describe('/openapi.json', () => {
  it('names every route of the app and no other', async () => {
    const { app } = buildTestApp();
    const document = (await app.inject('/openapi.json')).json<Document>();
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.toSorted()).toEqual((await routesOf(app)).toSorted());
  });

  it('has one operation id each, and only references that lead somewhere', async () => {
    const document = (await buildTestApp().app.inject('/openapi.json')).json<Document>();
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((each) => each.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      (match) => match[1],
    );
    expect(references.length).toBeGreaterThan(20);
    for (const name of references) expect(Object.keys(document.components.schemas)).toContain(name);
  });

  it('describes the job document member by member', async () => {
    const { app, call, start } = buildTestApp();
    const document = (await app.inject('/openapi.json')).json<Document>();
    const jobId = await start();
    const { job } = (await call({ url: `/persister/synchronization/jobs/${jobId}` })).json<{ job: object }>();
    expect(document.components.schemas['Job']?.required?.toSorted()).toEqual(Object.keys(job).toSorted());
  });
});

describe('docs/errors.md', () => {
  it('has one row for each code, with its status and meaning', () => {
    const expected = Object.values(ErrorCode).map((code) => [
      `\`${code}\``,
      String(statusOf(code)),
      errorMeanings[code],
    ]);
    expect(tableRows('docs/errors.md')).toEqual(expected);
  });
});

/** Routes as the router itself has them, read from its printed tree. */
async function routesOf(app: ReturnType<typeof fastify>): Promise<string[]> {
  await app.ready();
  const routes: string[] = [];
  const branches: string[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const match = /^((?:[│ ] {3})*)[├└]── (\S+)(?: \(([^)]+)\))?$/.exec(line);
    if (match === null) continue;
    const depth = (match[1] ?? '').length / 4;
    branches.length = depth;
    branches.push(match[2] ?? '');
    const path = branches.join('').replace(/:(\w+)/g, '{$1}');
    for (const method of match[3]?.split(', ') ?? []) routes.push(`${method} ${path}`);
  }
  return routes;
}
