import { bytesToUuid } from '../../src/domain/graph/identity';
import { changesOf, closedJob, endJob, uploadOf } from './contracts/subject';
import type { MemoryDatabase } from './memory/memory-database';
import { memoryStores } from './memory/memory-stores';

/** An entity of an account as a job brings it. @returns its id */
export async function entityOfJob(database: MemoryDatabase, account: string, more: object = {}): Promise<string> {
  const stores = memoryStores(database, account);
  const job = await closedJob(stores, account);
  const upload = await uploadOf(job.scope, { entities: [{ _key: 'a', _type: 'thing', _class: 'Thing', ...more }] });
  const changes = changesOf('entity', upload, false);
  await stores.graph.applyChanges({ job, kind: 'entity', chunk: 'c' }, changes);
  await endJob(stores, job.document.id);
  return bytesToUuid(changes[0]?.id ?? new Uint8Array(16));
}
