import type { Headers } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Sinks } from '@temporalio/workflow';

/** Header of starts, signals, updates and activities, by the name that Temporal's SDKs give it. Its payload is a `TraceCarrier`. */
export const traceHeader = '_tracer-data';

/** Fields of W3C Trace Context. */
export interface TraceCarrier {
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** Where a span stands: ids in lower-case hex, 32 and 16 digits. */
export interface TracePoint {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
  readonly state?: string;
}

/** A stretch of a workflow run that is over. Plain data: it leaves the sandbox as a message. Times are epoch milliseconds. */
export interface WorkflowSpan {
  readonly name: string;
  readonly at: TracePoint;
  readonly parent?: TracePoint;
  readonly start: number;
  readonly end: number;
  /** The sentence of the failure that ended it. */
  readonly error?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface TraceSinks extends Sinks {
  traces: { ended(span: WorkflowSpan): void };
}

export function withTrace(headers: Headers, point: TracePoint | undefined): Headers {
  return point === undefined ? headers : withCarrier(headers, toCarrier(point));
}

export const withCarrier = (headers: Headers, carrier: TraceCarrier): Headers => ({
  ...headers,
  [traceHeader]: defaultPayloadConverter.toPayload(carrier),
});

/** Empty without the header, and for one that is not a carrier: a foreign header must not fail a job. */
export function carrierOf(headers: Headers): TraceCarrier {
  const payload = headers[traceHeader];
  if (!payload) return {};
  try {
    const carrier: unknown = defaultPayloadConverter.fromPayload(payload);
    return typeof carrier === 'object' && carrier !== null ? carrier : {};
  } catch {
    return {};
  }
}

const traceparentPattern = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})/;

export function tracePointOf(headers: Headers): TracePoint | undefined {
  const { traceparent, tracestate } = carrierOf(headers);
  const [, traceId, spanId, flags] = traceparentPattern.exec(String(traceparent)) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return {
    traceId,
    spanId,
    isSampled: (parseInt(flags, 16) & 1) === 1,
    ...(tracestate !== undefined && { state: tracestate }),
  };
}

const toCarrier = ({ traceId, spanId, isSampled, state }: TracePoint): TraceCarrier => ({
  traceparent: `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`,
  ...(state !== undefined && { tracestate: state }),
});
