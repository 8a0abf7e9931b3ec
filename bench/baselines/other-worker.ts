import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { MongoClient } from 'mongodb';
import { join } from 'node:path';
import { createChunkActivities } from './chunk-activities';

/** Worker of the other sides, in a process of its own as the product's is. */
async function main(): Promise<void> {
  const [, , address = '', namespace = '', taskQueue = '', mongoUri = ''] = process.argv;
  Runtime.install({ telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } } });
  const client = new MongoClient(mongoUri, { maxPoolSize: 20 });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowsPath: join(__dirname, 'other-workflows.js'),
    activities: createChunkActivities(client.db('benchOther')),
    maxConcurrentActivityTaskExecutions: 20,
    maxCachedWorkflows: 500,
  });
  process.once('disconnect', () => {
    // A signal to the whole group has begun the same already.
    if (worker.getState() === 'RUNNING') worker.shutdown();
  });
  process.send?.('ready');
  await worker.run();
  await connection.close();
  await client.close();
}

void main();
