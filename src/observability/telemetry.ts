export interface TelemetryOptions {
  readonly enabled: boolean;
  /** Base URL of an OTLP/HTTP collector. Undefined: the standard `OTEL_*` variables. */
  readonly endpoint?: string | undefined;
  readonly serviceName: string;
}

export interface Telemetry {
  /** Sends what is still buffered. */
  stop(): Promise<void>;
}

/** The parts in use, so that this file compiles and runs where the packages are not installed. */
interface SdkModule {
  readonly NodeTracerProvider: new (options: { readonly resource: unknown; readonly spanProcessors: unknown[] }) => {
    register(): void;
    shutdown(): Promise<void>;
  };
  readonly BatchSpanProcessor: new (exporter: unknown) => unknown;
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
 * Registers the process's tracer. Spans are made by our own code (`api/http/request-span.ts`) through `@opentelemetry/api`, which
 * does nothing until this has run; nothing is patched, so the order of imports does not matter. Sampling follows `OTEL_*`.
 * @throws Error when traces are wanted and the packages are not installed.
 */
export async function startTelemetry({ enabled, endpoint, serviceName }: TelemetryOptions): Promise<Telemetry> {
  if (!enabled) return { stop: () => Promise.resolve() };
  const { sdk, exporter, resources } = await load();
  const url = endpoint === undefined ? {} : { url: `${endpoint.replace(/\/$/, '')}/v1/traces` };
  const provider = new sdk.NodeTracerProvider({
    resource: resources.defaultResource().merge(resources.resourceFromAttributes({ 'service.name': serviceName })),
    spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter(url))],
  });
  provider.register();
  return { stop: () => provider.shutdown() };
}

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
