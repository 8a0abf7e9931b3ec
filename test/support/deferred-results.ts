import type { WorkflowHandle } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './api-client';
import { liveBlobStore } from './sync-bench';

export interface StateDocument {
  readonly status: string;
  readonly correlationId: string;
  readonly type?: string;
  readonly data?: readonly Readonly<Record<string, unknown>>[];
  readonly cursor?: string;
  readonly totalCount?: number;
  readonly url?: string;
  readonly error?: string;
}

/** Asks as the Node client does. @returns the URL of the state document */
export async function defer(api: ApiClient, query: string, more: object = {}): Promise<string> {
  const document = `query A($query: String!, $variables: JSON, $cursor: String, $format: DeferredResponseFormat) {
    queryV1(query: $query, variables: $variables, cursor: $cursor, deferredResponse: FORCE, deferredFormat: $format) { type url } }`;
  const body = { query: document, variables: { query, ...more } };
  const answer = (await api.ok('POST', '/graphql', body)) as { data?: { queryV1: { url: string } }; errors?: unknown };
  if (!answer.data) throw new Error(`not deferred: ${JSON.stringify(answer.errors)}`);
  return answer.data.queryV1.url;
}

/** Without credentials, as most clients. */
export async function readState(url: string): Promise<StateDocument> {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as StateDocument;
}

export async function untilDone(url: string, withinMs = 30_000): Promise<StateDocument> {
  for (const deadline = Date.now() + withinMs; ; await sleep(50)) {
    const state = await readState(url);
    if (state.status !== 'IN_PROGRESS') return state;
    if (Date.now() > deadline) throw new Error(`still ${state.status} after ${withinMs} ms`);
  }
}

/** A file, as anyone who has its URL. */
export async function download(url: string | undefined): Promise<{ text: string; headers: Headers }> {
  const response = await fetch(url ?? '');
  expect(response.status).toBe(200);
  return { text: await response.text(), headers: response.headers };
}

export const resultIdOf = async (url: string): Promise<string> => (await readState(url)).correlationId;

/** Until the heartbeat of the activity tells of what is wanted. */
export async function untilHeartbeat(handle: WorkflowHandle, wanted: RegExp): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const { raw } = await handle.describe();
    const beat = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]?.data;
    if (beat && wanted.test(Buffer.from(beat).toString())) return;
    await sleep(50);
  }
  throw new Error(`no heartbeat was like ${String(wanted)} within 10 s`);
}

/** Keys of what attempts at a result have left in the object store. */
export async function resultKeysOf(account: string, id: string): Promise<string[]> {
  const [blobs, keys] = [liveBlobStore(), [] as string[]];
  await blobs.deleteAll(`result-${account}-${id}-`, (key) => keys.push(key) > 0);
  blobs.close();
  return keys;
}

/** So many things on either side, each left one linked to each right one. */
export function bipartite(side: number) {
  const keys = (name: string) => Array.from({ length: side }, (_, i) => `${name}${i}`);
  const entitiesOf = (name: string, _class: string) =>
    keys(name).map((_key, n) => ({ _key, _type: _class.toLowerCase(), _class, n }));
  return {
    entities: [...entitiesOf('l', 'Left'), ...entitiesOf('r', 'Right')],
    relationships: keys('l').flatMap((from) =>
      keys('r').map((to) => ({
        _key: `${from}|${to}`,
        _type: 'left_has_right',
        _class: 'HAS',
        _fromEntityKey: from,
        _toEntityKey: to,
      })),
    ),
  };
}

/** Rows of `longQuery` over such a graph. */
export const pathsOf = (side: number): number => side ** 2 * (side - 1) ** 2;
export const longQuery =
  'FIND Left AS a THAT HAS Right AS b THAT HAS Left AS c THAT HAS Right AS d RETURN a.n, b.n, c.n, d.n';
