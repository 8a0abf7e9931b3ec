import { eachDocument, uuidAt } from '../query/bson-reply';
import { EntityCopy } from './entity-copy';
import { RelationshipCopy } from './relationship-copy';

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
  putEntities(batch: Buffer): void {
    eachDocument(batch, (bytes, at) => {
      this.entities.put(bytes, at, idAt(at));
    });
  }

  /** @param batch array of documents of live relationships */
  putRelationships(batch: Buffer): void {
    eachDocument(batch, (bytes, at) => {
      this.relationships.put(bytes, at);
    });
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
