import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { graphqlPaths } from './answer-graphql';

const page = readFileSync(join(__dirname, '../graphql/explorer.html'), 'utf8');

/** Nothing but its own script and style runs in the page, and nothing leaves it but to this API. */
const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src ${hashOf('script')}`,
  `style-src ${hashOf('style')}`,
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function hashOf(element: 'script' | 'style'): string {
  const [, content = ''] = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(page) ?? [];
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
}

/** The page where one tries operations: of GraphQL's paths, and of the base URL for a browser. Needs no network but this API. */
export function registerShowExplorer(app: FastifyInstance): void {
  for (const path of graphqlPaths) if (path !== '/') app.get(path, (_request, reply) => sendExplorer(reply));
}

export const wantsPage = ({ headers }: FastifyRequest): boolean => (headers.accept ?? '').includes('text/html');

export const sendExplorer = (reply: FastifyReply): FastifyReply =>
  reply.type('text/html; charset=utf-8').header('content-security-policy', contentSecurityPolicy).send(page);
