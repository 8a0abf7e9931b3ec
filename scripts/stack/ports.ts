import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { findPortHolder, type PortHolder } from './port-holder';
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
const SHOWN_COMMAND = 50;

/** A port that is not free. `holder` is who listens there, when it can be seen. */
export interface TakenPort {
  name: PortName;
  port: number;
  holder: PortHolder | undefined;
}

/** Fills in free ports for zeros and checks that the others are free. Rejects with one StackError for all that are taken. */
export async function settlePorts(plan: PortPlan, names: readonly PortName[]): Promise<PortPlan> {
  const fixed = names.filter((name) => plan[name] !== 0);
  refuseDoubles(plan, fixed);
  const taken: TakenPort[] = [];
  for (const name of fixed) {
    const port = plan[name];
    if (!(await isFree(port))) taken.push({ name, port, holder: await findPortHolder(port) });
  }
  if (taken.length > 0) throw new StackError(takenPortsMessage(taken));

  const settled = { ...plan };
  const used = new Set(fixed.map((name) => plan[name]));
  for (const name of names) {
    if (plan[name] !== 0) continue;
    settled[name] = await pickFreePort(used);
    used.add(settled[name]);
  }
  return settled;
}

function refuseDoubles(plan: PortPlan, names: readonly PortName[]): void {
  for (const [index, name] of names.entries()) {
    const first = names.slice(0, index).find((other) => plan[other] === plan[name]);
    if (first === undefined) continue;
    throw new StackError(
      `${described[first].setting} and ${described[name].setting} are both ${plan[name]}: set one of them to another port.`,
    );
  }
}

/** One sentence for the user, however many ports are taken: which, for what, by whom, and the variable that changes each. */
export function takenPortsMessage(taken: readonly TakenPort[]): string {
  const [only] = taken;
  if (only !== undefined && taken.length === 1) {
    const { what, setting, usual } = described[only.name];
    const who = only.holder === undefined ? `by another program, perhaps ${usual}` : `by ${shown(only.holder)}`;
    return `Port ${only.port}, which ${what} needs, is taken ${who}: end that program, or set ${setting} to another port.`;
  }
  const each = taken.map(({ name, port, holder }) => {
    const { what, setting, usual } = described[name];
    return `${port} for ${what} (${setting}) by ${holder === undefined ? `perhaps ${usual}` : shown(holder)}`;
  });
  return (
    `Ports are taken: ${each.join(', ')}: end these programs (another Perijove, if it is one), ` +
    `or set the variables in parentheses to other ports.`
  );
}

/** The process by number, and as much of its command line as tells what it is. */
function shown({ pid, command }: PortHolder): string {
  const short = command.length > SHOWN_COMMAND ? `${command.slice(0, SHOWN_COMMAND)}…` : command;
  return `process ${pid} (${short})`;
}

/** One that is not among `used` either. */
export async function pickFreePort(used: ReadonlySet<number>): Promise<number> {
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
