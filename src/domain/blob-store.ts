/** Objects by key, outside the database. Keys are paths of `[A-Za-z0-9._/-]`. */
export interface BlobStore {
  /** Durable once resolved; the same key again replaces the content. @throws DomainError SERVICE_UNAVAILABLE */
  put(key: string, content: Uint8Array): Promise<void>;
  /**
   * Stores what comes, of any size, in pieces of some megabytes; answers how many bytes it was. Nothing is there before it resolves,
   * nor after a failure, the source's own included.
   */
  upload(key: string, content: AsyncIterable<Uint8Array>, about: { readonly contentType: string }): Promise<number>;
  /** The caller's own, to be freed. @throws DomainError NOT_FOUND, SERVICE_UNAVAILABLE */
  get(key: string): Promise<Uint8Array>;
  /** The content as a stream of any size, which holds a connection until it is read or ended; undefined when there is no such object. */
  open(key: string): Promise<{ readonly bytes: number; readonly stream: AsyncIterable<Uint8Array> } | undefined>;
  /** No error when there is none. */
  delete(key: string): Promise<void>;
  /** Deletes every object whose key begins like this, except those that `keeps` names. */
  deleteAll(prefix: string, keeps?: (key: string) => boolean): Promise<void>;
  /**
   * A URL that lets anyone PUT this one object until it expires. A signature bounds the time and the key, and cannot bound the size
   * of a PUT whose length is not known when it is signed: whoever reads the object has to look at its size first.
   */
  presignPut(request: { readonly key: string; readonly expiresInSeconds: number }): Promise<string>;
  /** A URL that lets anyone GET this one object until it expires, as a file of this name. */
  presignGet(request: {
    readonly key: string;
    readonly expiresInSeconds: number;
    /** Of `[A-Za-z0-9._-]` */
    readonly fileName: string;
  }): Promise<string>;
}
