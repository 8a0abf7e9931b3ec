declare module 'mongodb/lib/cmap/commands' {
  import type { Document } from 'mongodb';
  /** Documents of a command that travel beside it, as bytes. Internal to the driver, which is pinned for its sake. */
  export class DocumentSequence {
    constructor(field: string);
    push(document: Document, bytes: Uint8Array): number;
    toBin(): Uint8Array;
  }
}

declare module 'mongodb/lib/cmap/connection' {
  import type { Socket } from 'node:net';
  export class Connection {
    readonly socket: Socket;
    /** Why the connection is closed. */
    readonly error: Error | null;
    writeCommand(command: unknown, options: unknown): Promise<void>;
  }
}
