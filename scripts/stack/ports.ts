import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { findPortHolder } from './port-holder';
import { StackError } from './stack-error';

export type PortName = 'temporal' | 'temporalUi' | 'mongo' | 's3' | 'api' | 'workerHealth';
/** Port numbers; 0 asks for any free one. */
export type PortPlan = Record<PortName, number>;

const described: Record<PortName, { what: string; setting: string; usual: string }> = {
  temporal: { what: 'Temporal', setting: 'PERIJOVE_TEMPORAL_PORT', usual: 'another Temporal server' },
  temporalUi: { what: "Temporal's Web UI", setting: 'PERIJOVE_TEMPORAL_UI_PORT', usual: 'another Temporal server' },
  mongo: { what: 'MongoDB', setting: 'PERIJOVE_MONGO_PORT', usual: 'another MongoDB' },
  s3: { what: 'the S3 server', setting: 'PERIJOVE_S3_PORT', usual: 'another S3 server' },
  api: { what: 'the API', setting: 'PERIJOVE_API_PORT', usual: 'another web server' },
  workerHealth: { what: "the worker's health", setting: 'PERIJOVE_WORKER_HEALTH_PORT', usual: 'another web server' },
};

/**
 * Free ports are picked below the range from which systems hand out ports by themselves (Linux from 32768, macOS from 49152):
 * Temporal's inner services and every outgoing connection take theirs there, and could take ours before its server listens.
 */
const PICK_FROM = 20_000;
const PICK_BELOW = 30_000;

/** Fills in free ports for zeros and checks that the others are free. Rejects with one StackError for all that are taken. */
export async function settlePorts(plan: PortPlan, names: readonly PortName[]): Promise<PortPlan> {
  const settled = { ...plan };
  const used = new Set<number>();
  const problems: string[] = [];
  for (const name of names) {
    const port = plan[name];
    if (port === 0) continue;
    if (used.has(port)) problems.push(`port ${port} is set twice, the second time by ${described[name].setting}`);
    else if (!(await isFree(port))) problems.push(takenPort(name, port, await findPortHolder(port)));
    used.add(port);
  }
  if (problems.length > 0) throw new StackError(`${problems.join('; ')}.`.replace(/^p/, 'P'));
  for (const name of names) {
    if (plan[name] !== 0) continue;
    settled[name] = await pickFreePort(used);
    used.add(settled[name]);
  }
  return settled;
}

/** What the user reads about one taken port. `holder` is the command line of who listens there, when it can be seen. */
export function takenPort(name: PortName, port: number, holder: { pid: number; command: string } | undefined): string {
  const { what, setting, usual } = described[name];
  const who = holder === undefined ? `by another program, perhaps ${usual}` : `by ${shown(holder)}`;
  return `port ${port}, which ${what} needs, is taken ${who}: end that program, or set ${setting} to another port`;
}

function shown({ pid, command }: { pid: number; command: string }): string {
  const short = command.length > 100 ? `${command.slice(0, 100)}…` : command;
  return `process ${pid} (${short})`;
}

async function pickFreePort(used: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = randomInt(PICK_FROM, PICK_BELOW);
    if (!used.has(port) && (await isFree(port))) return port;
  }
  throw new StackError(`No free port was found between ${PICK_FROM} and ${PICK_BELOW}: name ports by the settings.`);
}

/** Nobody answers on it and we could listen: on some systems a specific address can be bound beside a wildcard listener. */
async function isFree(port: number): Promise<boolean> {
  return !(await answers(port)) && (await canListen(port));
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const settle = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(500, settle(false));
    socket.once('connect', settle(true));
    socket.once('error', settle(false));
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
