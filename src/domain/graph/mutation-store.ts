import type { FlatObject } from '../ports';
import type { ObjectKind, Scope } from './identity';
import type { ObjectContent } from './object-content';

/** The scope that owns what mutations create (semantics 1.4). No job replaces it as a whole. */
export const mutationScope = (account: string): Scope => ({ account, source: 'api', scope: '' });

/** What a client said of an object beside its content: it must be so. */
export interface Expected {
  readonly key?: string;
  readonly type?: string;
  readonly classes?: readonly string[];
  readonly fromId?: string;
  readonly toId?: string;
}

export interface PutObject {
  readonly kind: ObjectKind;
  /** UUID. */
  readonly id: string;
  readonly content: ObjectContent;
  /** Only if there is a live one. */
  readonly mustExist: boolean;
  readonly expected: Expected;
  /** Epoch ms, see `GraphMutations`. */
  readonly at: number;
}

/**
 * Single objects of one account, by the one door (invariant 2): object, ended version, manifest rows and counters in one durable
 * transaction. Every method throws DomainError NOT_FOUND and BAD_REQUEST as `GraphMutations` does.
 */
export interface MutationStore {
  put(request: PutObject): Promise<FlatObject>;
  end(request: {
    readonly kind: ObjectKind;
    readonly id: string;
    readonly expected: Expected;
    readonly at: number;
    /** Leaves nothing but the number of its version, so that the key may come back. */
    readonly wipe: boolean;
  }): Promise<FlatObject>;
  /** Of an entity. Undefined names: all. */
  unpin(request: {
    readonly id: string;
    readonly names: readonly string[] | undefined;
    readonly at: number;
  }): Promise<FlatObject>;
}
