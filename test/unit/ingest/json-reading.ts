import { createHash } from 'node:crypto';
import { bytesToUuid, uuidV5 } from '../../../src/domain/graph/identity';
import type { ReadOptions } from '../../../src/domain/ingest/upload-reader';
import { bothLanes, bytesOf, errorOf, optionsOf } from './reading';

const { fast: reader } = bothLanes();

export const read = (body: unknown, changes: Partial<ReadOptions> = {}) =>
  reader.read(bytesOf(body), optionsOf(changes));
export const errorFor = (body: unknown, changes: Partial<ReadOptions> = {}) => errorOf(() => read(body, changes));
export const idOf = (namespace: Uint8Array, key: string): string =>
  bytesToUuid(uuidV5((bytes) => createHash('sha1').update(bytes).digest(), namespace, key));

export const entity = { _key: '1', _type: 'fake_entity' };
export const relationship = { _key: 'a', _type: 'fake_relationship', _fromEntityKey: '1', _toEntityKey: '2' };
