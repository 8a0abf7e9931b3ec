import pino, { type DestinationStream, type Logger } from 'pino';
import { activeTrace } from './spans';

/** Members that never reach a log, wherever they stand in the first three levels of a logged object (invariant 9). */
const secretMembers = [
  'authorization',
  'token',
  'apiKey',
  'accessToken',
  'accessKeyId',
  'secretAccessKey',
  'secret',
  'password',
  'cookie',
  'uploadUrl',
  'mongoUri',
];
const redactedPaths = secretMembers.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

const secretsInText: readonly (readonly [RegExp, string])[] = [
  [/(\w+:\/\/)[^\s/@]+:[^\s/@]*@/g, '$1***@'],
  [/\b(bearer)\s+[^\s"']+/gi, '$1 ***'],
  [/\b(X-Amz-(?:Signature|Credential|Security-Token))=[^&\s"']+/gi, '$1=***'],
];

/** Credentials in URLs, bearer tokens and signatures, as drivers put them into their error messages. */
export function withoutSecrets(text: string): string {
  return secretsInText.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}

export interface LoggerOptions {
  readonly level: string;
  /** Which process writes: `server` or `worker`. */
  readonly name: string;
  /** Each line names the trace that it belongs to. */
  readonly traced?: boolean;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/** JSON lines with ISO times. Errors keep type, message, stack and code; their other members may hold data and are left out. */
export function createLogger({ level, name, traced = false, destination }: LoggerOptions): Logger {
  const options: pino.LoggerOptions = {
    level,
    name,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: redactedPaths, censor: '***' },
    serializers: { err: describeError },
    ...(traced && { mixin: activeTrace }),
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function describeError(err: unknown): unknown {
  if (!(err instanceof Error)) return withoutSecrets(String(err));
  return {
    type: err.name,
    message: withoutSecrets(err.message),
    stack: withoutSecrets(err.stack ?? ''),
    ...('code' in err && { code: err.code }),
    ...(err.cause !== undefined && { cause: describeError(err.cause) }),
  };
}
