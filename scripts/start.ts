import { relative } from 'node:path';
import { type Product, startProduct } from './stack/run-processes';
import { StackError } from './stack/stack-error';
import { listenForStop } from './stack/stop-signals';
import { terminalReporter } from './stack/terminal';

const HELP = `npm start: Temporal with its Web UI, MongoDB, an S3 server, the API and the worker on this machine.

Data, logs and connection.json are in .perijove/ (PERIJOVE_DATA_DIR) and survive a restart. Ctrl-C stops everything.
Ports: PERIJOVE_API_PORT, PERIJOVE_TEMPORAL_PORT, PERIJOVE_TEMPORAL_UI_PORT, PERIJOVE_MONGO_PORT, PERIJOVE_S3_PORT,
PERIJOVE_WORKER_HEALTH_PORT. Binaries of your own: PERIJOVE_TEMPORAL_BIN, PERIJOVE_MONGOD_BIN, PERIJOVE_S3_BIN.`;

/** Runs until a signal asks for the end or a part has crashed for good. Resolves to the exit code. */
async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const { line, status } = terminalReporter(process.stdout);
  const stop = listenForStop(() => line('Not waiting any longer: what still runs is being killed.'));
  const startedAt = performance.now();
  let giveUp: (error: StackError) => void = () => undefined;
  const givenUp = new Promise<StackError>((resolve) => (giveUp = resolve));
  let product: Product;
  try {
    const reporting = status === undefined ? {} : { status };
    product = await startProduct({ log: line, ...reporting, signal: stop.signal, onGivenUp: (error) => giveUp(error) });
  } catch (error) {
    if (stop.signal.aborted) {
      line('Stopped before everything was running.');
      return 130;
    }
    if (!(error instanceof StackError)) throw error;
    console.error(error.message);
    return 1;
  }
  line(whereToLook(product, (performance.now() - startedAt) / 1000));
  const reason = await Promise.race([stop.requested, givenUp]);
  if (reason instanceof StackError) console.error(reason.message);
  line('Stopping API, worker, S3 server, Temporal and MongoDB.');
  await product.stop();
  line('Everything is stopped.');
  return reason instanceof StackError ? 1 : 0;
}

function whereToLook({ connection, connectionFile }: Product, seconds: number): string {
  return [
    '',
    `Perijove runs (started in ${seconds.toFixed(1)} s). Ctrl-C stops everything; the data stays.`,
    `  API           ${connection.apiBaseUrl}`,
    `  Account       ${connection.account}; its token is in ${relative(process.cwd(), connectionFile)}`,
    `  Temporal UI   ${connection.temporalUiUrl}/namespaces/${connection.temporalNamespace}/workflows`,
    `  Temporal      ${connection.temporalAddress}, namespace ${connection.temporalNamespace}`,
    `  MongoDB       ${connection.mongoUri}`,
    `  S3            ${connection.s3Endpoint}`,
    '',
  ].join('\n');
}

if (require.main === module) {
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
