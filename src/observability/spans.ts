import { SpanKind, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';

export interface SpanOptions {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Errors that are part of the ordinary course and do not mark the span. */
  readonly isExpected?: (err: unknown) => boolean;
}

/** Does `work` in a span below the active one. Does it plainly while no tracer is registered. */
export async function inSpan<T>(options: SpanOptions, work: () => Promise<T>): Promise<T> {
  const { name, kind = SpanKind.INTERNAL, attributes = {}, isExpected = () => false } = options;
  return await trace.getTracer('perijove').startActiveSpan(name, { kind, attributes }, async (span) => {
    try {
      return await work();
    } catch (err) {
      // The message alone: other members of an error may hold data.
      if (!isExpected(err)) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: err instanceof Error ? err.message : String(err) });
      }
      throw err;
    } finally {
      span.end();
    }
  });
}

/** For calls of drivers, which also go on without anybody's request: such a call makes no trace of its own. */
export const isTraced = (): boolean => trace.getActiveSpan()?.isRecording() ?? false;

/** What a log line says of the trace that it belongs to. */
export function activeTrace(): { readonly traceId?: string } {
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  return traceId === undefined ? {} : { traceId };
}
