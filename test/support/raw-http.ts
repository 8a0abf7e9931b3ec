import { connect, type Socket } from 'node:net';

/** A connection on which a test writes bytes as it likes, and reads what comes back. */
export interface RawConnection {
  readonly socket: Socket;
  send(bytes: string | Uint8Array): void;
  /** Resolves with all that came as soon as it matches. @throws Error when the connection ends before */
  until(pattern: RegExp): Promise<string>;
  /** Everything that came until the server closed. */
  closed(): Promise<string>;
}

export async function openRaw(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  let text = '';
  let ended = false;
  const listeners = new Set<() => void>();
  const changed = (): void => listeners.forEach((listener) => listener());
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    changed();
  });
  socket
    .on('error', () => undefined)
    .on('close', () => {
      ended = true;
      changed();
    });
  await new Promise((resolve) => socket.once('connect', resolve));
  const wait = (isDone: () => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!isDone() && !ended) return;
        listeners.delete(look);
        if (isDone()) resolve(text);
        else reject(new Error(`the connection ended after ${JSON.stringify(text)}`));
      };
      listeners.add(look);
      look();
    });
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    until: (pattern) => wait(() => pattern.test(text)),
    closed: () => wait(() => ended),
  };
}
