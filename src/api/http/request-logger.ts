import type { FastifyBaseLogger } from 'fastify';

type Bindings = Parameters<FastifyBaseLogger['child']>[0];
type ChildOptions = Parameters<FastifyBaseLogger['child']>[1];
type Method = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** The log of one request. Most requests write nothing by it, so the logger with its bindings is made for the first line. */
export class RequestLogger implements FastifyBaseLogger {
  private made: FastifyBaseLogger | undefined;

  constructor(
    private readonly parent: FastifyBaseLogger,
    private readonly bindings: Bindings,
  ) {}

  get level(): FastifyBaseLogger['level'] {
    return this.parent.level;
  }

  child(bindings: Bindings, options?: ChildOptions): FastifyBaseLogger {
    if (options !== undefined) return this.own.child(bindings, options);
    return new RequestLogger(this.parent, { ...this.bindings, ...bindings });
  }

  fatal(...line: unknown[]): void {
    this.write('fatal', line);
  }

  error(...line: unknown[]): void {
    this.write('error', line);
  }

  warn(...line: unknown[]): void {
    this.write('warn', line);
  }

  info(...line: unknown[]): void {
    this.write('info', line);
  }

  debug(...line: unknown[]): void {
    this.write('debug', line);
  }

  trace(...line: unknown[]): void {
    this.write('trace', line);
  }

  silent(...line: unknown[]): void {
    this.write('silent', line);
  }

  private write(method: Method, line: readonly unknown[]): void {
    Reflect.apply(this.own[method], this.own, line);
  }

  private get own(): FastifyBaseLogger {
    return (this.made ??= this.parent.child(this.bindings));
  }
}
