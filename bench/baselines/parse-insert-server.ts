import { createServer } from 'node:http';
import { MongoClient, type Document } from 'mongodb';

/**
 * The least that an upload endpoint can be: parse the body, insert what it holds, answer. No authentication, no checks, no secondary
 * index, no job. A process of its own, so that its CPU time can be compared with that of the API.
 */
async function main(): Promise<void> {
  const client = new MongoClient(process.argv[2] ?? '', { maxPoolSize: 20 });
  await client.connect();
  const staged = client.db('benchOther').collection('staged');
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { entities } = JSON.parse(Buffer.concat(chunks).toString()) as { entities: Document[] };
      staged.insertMany(entities, { ordered: false }).then(
        () => response.end(JSON.stringify({ job: { uploaded: entities.length } })),
        (err: unknown) => {
          response.statusCode = 500;
          response.end(String(err));
        },
      );
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address && typeof address === 'object') process.send?.(address.port);
  });
  process.once('disconnect', () => {
    server.closeAllConnections();
    server.close();
    void client.close();
  });
}

void main();
