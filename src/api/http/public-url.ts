import type { FastifyRequest } from 'fastify';

/** A name or address with an optional port; what else a client puts into the header would end up in links. */
const hostPattern = /^(?:[\w.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/**
 * Where the client reaches this API, for links in answers, without a slash at the end: the setting, or what a proxy before us or
 * the request itself says. Whoever lies about it misleads nobody else.
 */
export function publicUrlOf({ headers, protocol, socket }: FastifyRequest, setting: string | undefined): string {
  if (setting !== undefined) return setting.replace(/\/+$/, '');
  const scheme = firstOf(headers['x-forwarded-proto']) === 'https' ? 'https' : protocol;
  const host = [firstOf(headers['x-forwarded-host']), headers.host].find((each) => each && hostPattern.test(each));
  return `${scheme}://${host ?? `localhost:${socket.localPort ?? 80}`}`;
}

const firstOf = (header: string | string[] | undefined): string | undefined =>
  [header].flat()[0]?.split(',', 1)[0]?.trim();
