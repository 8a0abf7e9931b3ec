import { bytesToUuid, keyNamespace, uuidV5, type Scope, type Sha1 } from '../graph/identity';
import type { Mapping } from '../graph/object-content';
import type { TargetFilter } from './target-filter';

/** `_source` of all that the mapper makes (semantics 1.4); no client can start a job for it. */
export const mapperSource = 'system-mapper';

/** The one scope of an account that holds the mapper's entities and relationships. */
export const mapperScope = (account: string): Scope => ({ account, source: mapperSource, scope: mapperSource });

/** Ids of what the mapper makes in one account. They follow from what they stand for, so a second run makes the same. */
export class MapperIds {
  private readonly entities: Uint8Array;
  private readonly relationships: Uint8Array;

  constructor(
    private readonly sha1: Sha1,
    account: string,
  ) {
    const scope = mapperScope(account);
    this.entities = keyNamespace(sha1, scope, 'entity');
    this.relationships = keyNamespace(sha1, scope, 'relationship');
  }

  /** Contributors that look for the same values mean the same target, whatever else they say of it. */
  target(filter: TargetFilter): string {
    return bytesToUuid(
      uuidV5(this.sha1, this.entities, JSON.stringify(filter.map(({ name, wanted }) => [name, wanted]))),
    );
  }

  relationship(key: string): string {
    return bytesToUuid(uuidV5(this.sha1, this.relationships, key));
  }
}

/** `_key` of a relationship that the mapper made; both ids are UUIDs as text. The contributor's own `_key` is in its id. */
export const generatedKey = (
  contributorId: string,
  direction: Mapping['relationshipDirection'],
  targetId: string,
): string => `${contributorId}|${direction.toLowerCase()}|${targetId}`;

/** Id of the contributor that a generated relationship belongs to. */
export const contributorOf = (key: string): string => key.slice(0, 36);

/** `_key` of a created target whose contributors name none. */
export const defaultTargetKey = (targetId: string): string => `mapped:${targetId}`;
