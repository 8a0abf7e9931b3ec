import { pause } from '../../../lib/pause';
import { placesOfDocuments, uuidAt } from '../query/bson-reply';
import { EntityCopy } from './entity-copy';
import { RelationshipCopy } from './relationship-copy';

/** Documents that are taken in without a pause: one or two milliseconds. */
const documentsInOneGo = 100;

/** The live graph of an account as it was at one time, outside of V8's heap but for texts that are shared. */
export class GraphCopy {
  readonly entities = new EntityCopy();
  readonly relationships = new RelationshipCopy(this.entities.ids);

  get byteLength(): number {
    return this.entities.byteLength + this.relationships.byteLength;
  }

  /** Whether more of it is gone than there. */
  get isWorn(): boolean {
    const { rows } = this.entities;
    const { relationships } = this;
    return rows.garbage > rows.size + 10_000 || relationships.garbage > relationships.size + 10_000;
  }

  /** @param batch array of documents of live entities */
  async putEntities(batch: Buffer): Promise<void> {
    await eachInPieces(batch, (at) => this.entities.put(batch, at, idAt(at)));
  }

  /** @param batch array of documents of live relationships */
  async putRelationships(batch: Buffer): Promise<void> {
    await eachInPieces(batch, (at) => this.relationships.put(batch, at));
  }

  /** @param ids packed; those that are not there are passed over */
  removeEntities(ids: Uint8Array): void {
    for (let at = 0; at < ids.length; at += 16) {
      const slot = this.entities.ids.findAt(ids, at);
      if (slot >= 0) this.entities.remove(slot);
    }
  }

  removeRelationships(ids: Uint8Array): void {
    for (let at = 0; at < ids.length; at += 16) {
      const slot = this.relationships.ids.findAt(ids, at);
      if (slot >= 0) this.relationships.remove(slot);
    }
  }
}

/** MongoDB stores `_id` first: type, name, zero, and then the value. */
const idAt = (at: number): number => uuidAt(at + 4 + 5);

async function eachInPieces(batch: Buffer, put: (at: number) => void): Promise<void> {
  let taken = 0;
  for (const at of placesOfDocuments(batch)) {
    put(at);
    if (++taken % documentsInOneGo === 0) await pause();
  }
}
