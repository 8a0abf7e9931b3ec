import { SpanKind, SpanStatusCode, TraceFlags, type HrTime, type SpanContext } from '@opentelemetry/api';
import type { TracePoint, WorkflowSpan } from '../contracts/temporal/trace';

export interface TelemetryOptions {
  readonly enabled: boolean;
  /** Base URL of an OTLP/HTTP collector. Undefined: the standard `OTEL_*` variables. */
  readonly endpoint?: string | undefined;
  readonly serviceName: string;
}

export interface Telemetry {
  /** Sends a span that a workflow made: the sandbox has no exporter. */
  record(span: WorkflowSpan): void;
  /** Sends what is still buffered. */
  stop(): Promise<void>;
}

interface SpanProcessor {
  onEnd(span: unknown): void;
}

/** The parts in use, so that this file compiles and runs where the packages are not installed. */
interface SdkModule {
  readonly NodeTracerProvider: new (options: { readonly resource: unknown; readonly spanProcessors: unknown[] }) => {
    register(): void;
    shutdown(): Promise<void>;
  };
  readonly BatchSpanProcessor: new (exporter: unknown) => SpanProcessor;
}
interface ExporterModule {
  readonly OTLPTraceExporter: new (options: { readonly url?: string }) => unknown;
}
interface ResourcesModule {
  defaultResource(): { merge(other: unknown): unknown };
  resourceFromAttributes(attributes: Readonly<Record<string, string>>): unknown;
}

/** Named by variables: a process without traces should neither load nor need them. `sdk-node` would bring gRPC along. */
const packages: readonly [sdk: string, exporter: string, resources: string] = [
  '@opentelemetry/sdk-trace-node',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/resources',
];

/**
 * Registers the process's tracer. Spans are made by our own code (`spans.ts`) through `@opentelemetry/api`, which does nothing until
 * this has run; nothing is patched, so the order of imports does not matter. Sampling follows `OTEL_*`.
 * @throws Error when traces are wanted and the packages are not installed.
 */
export async function startTelemetry({ enabled, endpoint, serviceName }: TelemetryOptions): Promise<Telemetry> {
  if (!enabled) return { record: () => undefined, stop: () => Promise.resolve() };
  const { sdk, exporter, resources } = await load();
  const url = endpoint === undefined ? {} : { url: `${endpoint.replace(/\/$/, '')}/v1/traces` };
  const resource = resources.defaultResource().merge(resources.resourceFromAttributes({ 'service.name': serviceName }));
  const processor = new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter(url));
  const provider = new sdk.NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  return {
    record: (span) => {
      processor.onEnd(toReadableSpan(span, resource));
    },
    stop: () => provider.shutdown(),
  };
}

/** A finished span as the processors of `@opentelemetry/sdk-trace` 2 take it; a tracer cannot make one with an id that exists. */
function toReadableSpan({ name, at, parent, start, end, error, attributes }: WorkflowSpan, resource: unknown) {
  return {
    name,
    kind: SpanKind.INTERNAL,
    spanContext: () => contextOf(at),
    ...(parent && { parentSpanContext: { ...contextOf(parent), isRemote: true } }),
    startTime: hrTime(start),
    endTime: hrTime(end),
    duration: hrTime(end - start),
    status: error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
    attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'perijove.workflow' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const contextOf = ({ traceId, spanId, isSampled }: TracePoint): SpanContext => ({
  traceId,
  spanId,
  traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
});

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];

async function load(): Promise<{ sdk: SdkModule; exporter: ExporterModule; resources: ResourcesModule }> {
  try {
    const [sdk, exporter, resources] = (await Promise.all(packages.map((name) => import(name)))) as [
      SdkModule,
      ExporterModule,
      ResourcesModule,
    ];
    return { sdk, exporter, resources };
  } catch (err) {
    throw new Error(
      `PERIJOVE_OTEL_ENABLED is true, but OpenTelemetry cannot be loaded; install ${packages.join(', ')}, or turn it off.`,
      { cause: err },
    );
  }
}
