declare module 'mongodb/lib/cmap/commands' {
  import type { Document } from 'mongodb';
  /** Documents of a command that travel beside it, as bytes. Internal to the driver, which is pinned for its sake. */
  export class DocumentSequence {
    constructor(field: string);
    push(document: Document, bytes: Uint8Array): number;
    toBin(): Uint8Array;
  }
}
