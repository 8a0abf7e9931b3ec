import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { graphqlPaths } from './answer-graphql';

const folder = join(__dirname, '../graphql');
const page = readFileSync(join(folder, 'graphiql.html'), 'utf8');

/** What the page loads. The build puts these beside the schema, packed by gzip (`scripts/copy-assets.mjs`). */
const assets = ['react.js', 'react-dom.js', 'graphiql.js', 'graphiql.css', 'page.js', 'page.css'];

/** Only what this API serves runs in the page, and nothing leaves it but to this API. GraphiQL sets styles and has its fonts inline. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  'font-src data:',
  'img-src data:',
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** GraphiQL, for a browser: at GraphQL's paths, and at the base URL. Needs no network but this API. */
export function registerShowGraphiql(app: FastifyInstance): void {
  for (const path of graphqlPaths) if (path !== '/') app.get(path, (_request, reply) => sendGraphiql(reply));
  app.get<{ Params: { file: string } }>('/graphql/graphiql/:file', async ({ params: { file } }, reply) => {
    if (!assets.includes(file)) {
      throw new DomainError(ErrorCode.notFound, `GraphiQL has no file ${JSON.stringify(file)}.`);
    }
    const type = file.endsWith('.css') ? 'text/css' : 'text/javascript';
    const packed = await readFile(join(folder, 'graphiql', `${file}.gz`));
    await reply
      .type(`${type}; charset=utf-8`)
      .headers({ 'content-encoding': 'gzip', 'cache-control': 'max-age=3600' })
      .send(packed);
  });
}

export const wantsPage = ({ headers }: FastifyRequest): boolean => (headers.accept ?? '').includes('text/html');

export const sendGraphiql = (reply: FastifyReply): FastifyReply =>
  reply.type('text/html; charset=utf-8').header('content-security-policy', contentSecurityPolicy).send(page);
