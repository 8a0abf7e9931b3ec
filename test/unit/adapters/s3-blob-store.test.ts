import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3BlobStore } from '../../../src/adapters/s3/s3-blob-store';

describe('a store that takes connections and never answers', () => {
  let server: Server;
  beforeEach(async () => {
    server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  it('is given up, and said to be unavailable', async () => {
    const store = new S3BlobStore({
      endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      region: 'us-east-1',
      bucket: 'perijove',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      forcePathStyle: true,
      idleTimeoutMs: 100,
    });
    const unavailable = { code: 'SERVICE_UNAVAILABLE' };
    await expect(store.put('key', new Uint8Array(1))).rejects.toMatchObject(unavailable);
    await expect(store.get('key')).rejects.toMatchObject(unavailable);
    await expect(store.open('key')).rejects.toMatchObject(unavailable);
    store.close();
  });
});
