import { MongoNetworkError } from 'mongodb';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { openLiveDatabase } from '../../support/live-product';

const collection = 'broken_sockets';
/** More than a socket takes at once: the driver waits until it has been sent. */
const large = 'x'.repeat(15_000_000);

describe('a command whose socket breaks', () => {
  /** Closes the socket in the moment in which a large command has been given to it. */
  let breakNext: ((socket: Socket) => void) | undefined;
  const sockets: Socket[] = [];
  const watch = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    sockets.push(socket);
    // Connecting sets `write` anew.
    socket.once('connect', () => {
      const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
      socket.write = (chunk: Uint8Array, ...rest: unknown[]) => {
        const isTaken = write(chunk, ...rest);
        const breaks = chunk.length > large.length ? breakNext : undefined;
        if (breaks) {
          breakNext = undefined;
          breaks(socket);
        }
        return isTaken;
      };
    });
  };
  subscribe('net.client.socket', watch);
  const { client, db } = openLiveDatabase();
  afterAll(async () => {
    unsubscribe('net.client.socket', watch);
    await db.collection(collection).drop();
    await client.close();
  });

  const ways: readonly [string, (socket: Socket) => void][] = [
    ['closed', (socket) => socket.destroy()],
    [
      'reset',
      (socket) =>
        socket.destroy(Object.assign(new Error('write ECONNRESET'), { code: 'ECONNRESET', syscall: 'write' })),
    ],
  ];

  it('fails if it is closed before the driver has heard of it', async () => {
    await db.collection(collection).findOne();
    for (const socket of sockets) socket.destroy();
    await expect(db.command({ ping: 1 })).rejects.toBeInstanceOf(MongoNetworkError);
  });

  it.each(ways)('fails if it is %s while the command is written', async (_how, breaks) => {
    await db.collection(collection).findOne();
    breakNext = breaks;
    await expect(db.command({ ping: 1, comment: large })).rejects.toBeInstanceOf(MongoNetworkError);
    expect(breakNext).toBeUndefined();
  });

  it.each(ways)('is sent again by the driver where that is safe, if it is %s', async (how, breaks) => {
    breakNext = breaks;
    await db.collection(collection).insertOne({ how, large });
    expect(breakNext).toBeUndefined();
    expect(await db.collection(collection).countDocuments({ how })).toBe(1);
  });
});
