import { sha1 } from '../../src/adapters/digest';
import { bytesToUuid, keyNamespace, uuidV5 } from '../../src/domain/graph/identity';
import type { SyncClient, TimedSync } from '../harness/sync-client';
import { edgesOf, entitiesOf, relationshipOf, type GraphSize } from './graph';

/** The scope that holds the graph, written through the public API: what is stored is what the product stores. */
export const benchScope = 'bench-query';
/** The SDK's uploader cuts its batches at this size. */
const bodyBytes = 5_000_000;

const namespaces = new Map<string, Uint8Array>();

/** `_id` of an entity of the graph. */
export function benchEntityId(account: string, key: string): string {
  let namespace = namespaces.get(account);
  if (!namespace) {
    namespace = keyNamespace(sha1, { account, source: 'api', scope: benchScope }, 'entity');
    namespaces.set(account, namespace);
  }
  return bytesToUuid(uuidV5(sha1, namespace, key));
}

/** One job in mode DIFF that uploads everything; with variant 1 an entity of a hundred is changed by it. */
export async function syncGraph(api: SyncClient, size: GraphSize, variant: 0 | 1): Promise<TimedSync> {
  return await api.sync(benchScope, bodiesOf(size, variant));
}

function* bodiesOf(size: GraphSize, variant: 0 | 1): Iterable<Buffer> {
  yield* cut('entities', entitiesOf(size, variant));
  yield* cut('relationships', relationshipsOf(size));
}

function* relationshipsOf(size: GraphSize): Iterable<object> {
  for (const edge of edgesOf(size)) yield relationshipOf(edge);
}

function* cut(kind: 'entities' | 'relationships', objects: Iterable<object>): Iterable<Buffer> {
  let texts: string[] = [];
  let length = 0;
  const body = () => Buffer.from(`{"${kind}":[${texts.join(',')}]}`);
  for (const object of objects) {
    const text = JSON.stringify(object);
    if (length + text.length > bodyBytes) {
      yield body();
      texts = [];
      length = 0;
    }
    texts.push(text);
    length += text.length + 1;
  }
  if (texts.length > 0) yield body();
}
