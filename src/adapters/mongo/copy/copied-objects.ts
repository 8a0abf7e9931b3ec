import type { FoundObject, FoundRelationship, IdKey } from '../../../domain/query/run/graph-reader';
import type { GraphCopy } from './graph-copy';
import type { IdIndex } from './id-index';

/** Ids are made when somebody looks: most steps of a walk need none. */
export class CopiedEntity implements FoundObject {
  private text: IdKey | undefined;

  constructor(
    private readonly ids: IdIndex,
    private readonly slot: number,
    readonly properties: FoundObject['properties'],
  ) {}

  get id(): IdKey {
    return (this.text ??= this.ids.keyAt(this.slot));
  }
}

const noProperties: FoundObject['properties'] = Object.freeze({ __proto__: null });

export class CopiedRelationship implements FoundRelationship {
  private text: IdKey | undefined;
  readonly properties = noProperties;

  constructor(
    private readonly copy: GraphCopy,
    private readonly slot: number,
  ) {}

  get id(): IdKey {
    return (this.text ??= this.copy.relationships.ids.keyAt(this.slot));
  }

  get from(): IdKey {
    return this.copy.entities.ids.keyAt(this.copy.relationships.endOf(this.slot, 'from'));
  }

  get to(): IdKey {
    return this.copy.entities.ids.keyAt(this.copy.relationships.endOf(this.slot, 'to'));
  }
}
