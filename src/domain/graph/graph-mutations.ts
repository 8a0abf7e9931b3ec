import type { FlatObject } from '../ports';

/** Epoch ms from which a change counts. @default now */
interface Timed {
  readonly timestamp?: number | null | undefined;
}

export interface CreateEntity extends Timed {
  readonly entityKey: string;
  readonly entityType: string;
  readonly entityClass: readonly string[];
  readonly properties?: unknown;
}

export interface UpdateEntity extends Timed {
  readonly entityId: string;
  readonly properties?: unknown;
}

export interface DeleteEntity extends Timed {
  readonly entityId: string;
  readonly hardDelete?: boolean | null | undefined;
}

/** `entity` as uploads have it: metadata and properties side by side. */
export interface EntityInput extends Timed {
  readonly entity: unknown;
}

export interface CreateRelationship extends Timed {
  readonly relationshipKey: string;
  readonly relationshipType: string;
  readonly relationshipClass: string;
  readonly fromEntityId: string;
  readonly toEntityId: string;
  readonly properties?: unknown;
}

/** Ends that are given must be those of the relationship. */
interface NamedRelationship extends Timed {
  readonly relationshipId: string;
  readonly fromEntityId?: string | null | undefined;
  readonly toEntityId?: string | null | undefined;
}

export interface UpdateRelationship extends NamedRelationship {
  readonly properties?: unknown;
}

export interface DeleteRelationship extends NamedRelationship {
  readonly hardDelete?: boolean | null | undefined;
}

export interface RelationshipInput extends Timed {
  readonly relationship: unknown;
}

export interface ResetEntity {
  readonly entityId: string;
  /** Absent, null or empty: all that were edited. */
  readonly resetPropertyNames?: readonly string[] | null | undefined;
}

/**
 * Changes of single objects (contract 6.6, semantics 7), one transaction each: durable when a call resolves. Each resolves with the
 * whole object as it is then; a deletion with what was deleted. A change that changes nothing makes no version.
 *
 * What is created belongs to source `api` and to no scope, and its key names it there: creating it again updates it, type and class
 * included. An edit of an object of another source or scope is pinned: it stays on top of what its owner says until it is reset. A
 * property whose value is null is taken away. A `timestamp` counts between the present version's begin and now; an earlier or later
 * one is taken for the nearest of these.
 *
 * Every method throws DomainError BAD_REQUEST with all problems of its input, NOT_FOUND when the account has no live object of a given
 * id, and SERVICE_UNAVAILABLE; nothing is written then.
 */
export interface GraphMutations {
  createEntity(request: CreateEntity): Promise<FlatObject>;
  /** `_key` and `_type` are required; an `_id` that came along is not looked at. */
  createEntityV2(request: EntityInput): Promise<FlatObject>;
  updateEntity(request: UpdateEntity): Promise<FlatObject>;
  /** Names the entity by `_id`, or by the `_key` that it was created with. `_key`, `_type` and `_class` must be as they are. */
  updateEntityV2(request: EntityInput): Promise<FlatObject>;
  /**
   * Its relationships end with it. `hardDelete` leaves nothing of the entity, its relationships, their versions and its raw data; it
   * finds ended entities too.
   */
  deleteEntity(request: DeleteEntity): Promise<FlatObject>;
  /** Gives properties that edits have pinned back to the owner: as it last said, until it says more. */
  resetEntity(request: ResetEntity): Promise<FlatObject>;
  createRelationship(request: CreateRelationship): Promise<FlatObject>;
  /** Ends by `_fromEntityId` and `_toEntityId`, or by the keys of entities that mutations have created. */
  createRelationshipV2(request: RelationshipInput): Promise<FlatObject>;
  updateRelationship(request: UpdateRelationship): Promise<FlatObject>;
  updateRelationshipV2(request: RelationshipInput): Promise<FlatObject>;
  deleteRelationship(request: DeleteRelationship): Promise<FlatObject>;
}
