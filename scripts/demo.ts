import { HELP, parseArguments } from './demo/arguments';
import { createSources } from './demo/collect/sources';
import { runDemo } from './demo/run-demo';
import { startProduct } from './stack/run-processes';
import { reasonOf } from './stack/stack-error';
import { listenForStop } from './stack/stop-signals';
import { terminalReporter } from './stack/terminal';

/** Resolves to the exit code: 0 done, 1 failed, 2 wrong use, 130 interrupted before the job was done. */
async function main(args: readonly string[]): Promise<number> {
  const wanted = parseArguments(args);
  if (wanted.kind === 'help') {
    console.log(HELP);
    return 0;
  }
  if (wanted.kind === 'invalid') {
    console.error(wanted.message);
    return 2;
  }
  const reporter = terminalReporter(process.stdout);
  const { line, status } = reporter;
  const stop = listenForStop(() => line('Not waiting any longer: what still runs is being killed.'));
  const crash = new AbortController();
  const signal = AbortSignal.any([stop.signal, crash.signal]);
  try {
    await runDemo({
      once: wanted.once,
      startProduct: () =>
        startProduct({ log: line, ...(status && { status }), signal, onGivenUp: (error) => crash.abort(error) }),
      sources: createSources(),
      selfPid: process.pid,
      reporter,
      signal,
    });
    // The wait that follows the job ends in the same way for a user's Ctrl-C and for a part that is beyond repair.
    crash.signal.throwIfAborted();
  } catch (error) {
    if (stop.signal.aborted) {
      line('Stopped before the job was done.');
      return 130;
    }
    // A request that was under way when a part crashed fails too, but the crash is the reason.
    console.error(reasonOf(crash.signal.aborted ? crash.signal.reason : error));
    return 1;
  }
  line('Everything is stopped.');
  return 0;
}

if (require.main === module) {
  main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(reasonOf(error));
      process.exit(1);
    },
  );
}
