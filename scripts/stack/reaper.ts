import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Waits for its standard input to end, which the system does for us however this process dies, SIGKILL included. Then it ends
 * the processes of the last line it read: first politely, after ten seconds by force.
 */
const SCRIPT = `
trap '' INT HUP TERM
pids=
while read -r line; do pids=$line; done
[ -z "$pids" ] && exit 0
kill -TERM $pids 2>/dev/null
i=0
while [ $i -lt 100 ]; do
  alive=
  for pid in $pids; do kill -0 "$pid" 2>/dev/null && alive=yes; done
  [ -z "$alive" ] && exit 0
  sleep 0.1
  i=$((i + 1))
done
kill -KILL $pids 2>/dev/null
exit 0
`;

export interface Reaper {
  /** Tells which processes must not outlive this one. */
  watch(pids: readonly number[]): void;
  /** Ends the reaper itself; what it watched is left alone. */
  close(): Promise<void>;
}

/** A small shell process that ends our children when we die without a chance to do so ourselves. */
export function startReaper(): Reaper {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'perijove-reaper'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const ended = once(child, 'exit').catch(() => undefined);
  // Without a shell the pid file still lets the next start find what was left.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  return {
    watch: (pids) => {
      child.stdin.write(`${pids.join(' ')}\n`);
    },
    close: async () => {
      child.stdin.end('\n');
      await ended;
    },
  };
}
