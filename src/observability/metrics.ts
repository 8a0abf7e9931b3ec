import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Upper bounds in seconds: from a status call to a large upload that waits for room. */
const durationBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export type Metrics = ReturnType<typeof createMetrics>;

/** Everything that `/metrics` shows. `processMetrics` adds memory, CPU, event loop and garbage collection of this process. */
export function createMetrics({
  processMetrics = true,
  graphCopyBytes = () => 0,
}: { readonly processMetrics?: boolean; readonly graphCopyBytes?: () => number } = {}) {
  const registry = new Registry();
  const registers = [registry];
  if (processMetrics) collectDefaultMetrics({ register: registry });
  return {
    registry,
    requestDuration: new Histogram({
      name: 'perijove_http_request_duration_seconds',
      help: 'Time from the first byte of a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: durationBuckets,
      registers,
    }),
    uploadedBytes: new Counter({
      name: 'perijove_uploaded_bytes_total',
      help: 'Bytes of accepted uploads, decompressed.',
      registers,
    }),
    uploadedObjects: new Counter({
      name: 'perijove_uploaded_objects_total',
      help: 'Objects of accepted uploads, retries included.',
      labelNames: ['kind'],
      registers,
    }),
    inFlightBodyBytes: new Gauge({
      name: 'perijove_in_flight_body_bytes',
      help: 'Bytes reserved for request bodies that are being read or stored.',
      registers,
    }),
    graphCopyBytes: new Gauge({
      name: 'perijove_graph_copy_bytes',
      help: 'Bytes of the copies of graphs in memory.',
      registers,
      collect() {
        this.set(graphCopyBytes());
      },
    }),
    queriesValidated: new Counter({
      name: 'perijove_queries_validated_total',
      help: 'J1QL queries checked by POST /j1ql/validate.',
      labelNames: ['result'],
      registers,
    }),
    graphqlDuration: new Histogram({
      name: 'perijove_graphql_operation_duration_seconds',
      help: 'Time of one GraphQL operation, by its first field and the code of its first error.',
      labelNames: ['field', 'result'],
      buckets: durationBuckets,
      registers,
    }),
    syncJobsStarted: new Counter({
      name: 'perijove_sync_jobs_started_total',
      help: 'Synchronization jobs started over HTTP.',
      labelNames: ['sync_mode'],
      registers,
    }),
  };
}
