/** One version of one entry of the raw data of an entity. A deletion is a version too, one without content. Times in epoch ms. */
export interface RawDataVersion {
  readonly name: string;
  /** Unique within the entry. */
  readonly versionId: string;
  /** When the version began. */
  readonly beginOn: number;
  /** When the first version of the entry began. */
  readonly createdOn: number;
  readonly contentType: string;
  /** In bytes, not compressed. */
  readonly contentLength: number;
  readonly deleted: boolean;
  readonly latest: boolean;
}

export interface RawDataContent extends RawDataVersion {
  readonly content: Uint8Array;
}

export interface NewRawData {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/**
 * Documents kept beside the entities of one account: entries by name, each with versions of its own.
 * Every method throws DomainError NOT_FOUND when the account has no entity of the id. Ended entities can be read, not written.
 */
export interface RawDataStore {
  /** By name, newest first within a name. */
  versions(
    entityId: string,
    only?: { readonly name?: string; readonly latest?: boolean },
  ): Promise<readonly RawDataVersion[]>;
  /** The present content of every entry, or what `only` says; deletions have none. Ordered as `versions`. */
  contents(
    entityId: string,
    only?: { readonly name?: string; readonly versionId?: string },
  ): Promise<readonly RawDataContent[]>;
  /**
   * Writes the entries whose content differs from what there is, all of them or none, durably. The entity gets no version of its own.
   * @returns how many entries got a version. @throws DomainError RequestEntityTooLargeException
   */
  put(entityId: string, entries: readonly NewRawData[]): Promise<number>;
  /** Ends the entries; earlier versions stay. @returns how many there were. */
  remove(entityId: string, names: readonly string[]): Promise<number>;
}
