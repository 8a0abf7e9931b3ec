import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const always: Readonly<Record<string, string>> = {
  vary: 'Origin',
  'access-control-allow-credentials': 'true',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-dns-prefetch-control': 'off',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};

const preflight: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
  'access-control-allow-headers':
    'authorization, content-type, content-encoding, jupiterone-account, lifeomic-account, jupiterone-correlation-id',
  'access-control-max-age': '600',
};

/** For answers that no hook sees, such as those to a broken URL, as well as for all others. */
export function writeCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(always).header('x-request-id', request.id);
}

/** Headers of every answer (contract 2.3). Browsers of other origins get in only when `corsOrigins` names them. */
export function addResponseHeaders(app: FastifyInstance, corsOrigins: readonly string[]): void {
  app.addHook('onRequest', (request, reply, done) => {
    writeCommonHeaders(request, reply);
    const { origin } = request.headers;
    if (origin === undefined || !corsOrigins.includes(origin)) return done();
    reply
      .header('access-control-allow-origin', origin)
      .header('access-control-expose-headers', 'x-request-id, retry-after');
    if (request.method === 'OPTIONS') reply.headers(preflight).send('');
    else done();
  });
}
