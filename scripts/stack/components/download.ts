import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** A closed network often drops packets silently: without a short limit every first start would wait minutes per vendor. */
const CONNECT_WITHIN_MS = 4_000;
/** No byte for this long means that the transfer is dead. */
const IDLE_FOR_MS = 30_000;
const REDIRECTS = 5;

// Node ignores HTTPS_PROXY unless told to honour it.
const agents = {
  'http:': new http.Agent({ proxyEnv: process.env }),
  'https:': new https.Agent({ proxyEnv: process.env }),
};

/** Downloads to a file and reports received and total bytes (total undefined when the server does not say). */
export async function downloadFile(
  url: string,
  file: string,
  { signal, onBytes }: { signal: AbortSignal; onBytes?: (received: number, total: number | undefined) => void },
): Promise<void> {
  const response = await get(url, signal);
  const total = Number(response.headers['content-length']) || undefined;
  let received = 0;
  response.on('data', (chunk: Buffer) => onBytes?.((received += chunk.length), total));
  await pipeline(response, createWriteStream(file), { signal });
  if (total !== undefined && received !== total) throw new Error(`${url} ended after ${received} of ${total} bytes`);
}

export async function downloadText(url: string, signal: AbortSignal): Promise<string> {
  return text(await get(url, signal));
}

async function get(url: string, signal: AbortSignal, redirects = REDIRECTS): Promise<IncomingMessage> {
  const response = await request(new URL(url), signal);
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400 && response.headers.location !== undefined) {
    response.resume();
    if (redirects === 0) throw new Error(`${url} redirects too often`);
    return get(new URL(response.headers.location, url).href, signal, redirects - 1);
  }
  if (status === 200) return response;
  response.resume();
  throw new Error(`${url} answered ${status}`);
}

function request(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const options = { signal, agent: secure ? agents['https:'] : agents['http:'] };
    const pending = secure ? https.get(url, options) : http.get(url, options);
    const giveUp = setTimeout(() => {
      pending.destroy(new Error(`${url.host} cannot be reached within ${CONNECT_WITHIN_MS / 1000} s`));
    }, CONNECT_WITHIN_MS);
    pending.on('socket', (socket) => {
      if (!socket.connecting) clearTimeout(giveUp);
      socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(giveUp));
    });
    pending.setTimeout(IDLE_FOR_MS, () => pending.destroy(new Error(`${url.host} sends nothing any more`)));
    pending.on('response', (response) => {
      clearTimeout(giveUp);
      resolve(response);
    });
    pending.on('error', (error) => {
      clearTimeout(giveUp);
      reject(error);
    });
  });
}
