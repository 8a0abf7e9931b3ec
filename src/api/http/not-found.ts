import type { FastifyInstance } from 'fastify';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';

/** An unknown path, or a known one with a method that it does not take; the sentence tells which. Call before routes are added. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const known: { readonly pattern: RegExp; readonly method: string }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(`^${url.replace(/:[a-z]+/gi, '[^/]+').replaceAll('.', '\\.')}$`);
    for (const each of [method].flat()) known.push({ pattern, method: each });
  });
  app.setNotFoundHandler((request) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    const hint = methods.length === 0 ? 'see /openapi.json for what there is' : `this path takes ${methods.join(', ')}`;
    throw new DomainError(ErrorCode.notFound, `There is no ${request.method} ${path.slice(0, 200)}: ${hint}.`);
  });
}
