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

/** The part of `@opentelemetry/sdk-node` in use, so that this file compiles and runs without the package. */
interface SdkModule {
  readonly NodeSDK: new (options: { readonly serviceName: string; readonly traceExporter: unknown }) => {
    start(): void;
    shutdown(): Promise<void>;
  };
}
interface ExporterModule {
  readonly OTLPTraceExporter: new (options: { readonly url?: string }) => unknown;
}

/** Named by variables: the packages are big, and a process without traces should neither load nor need them. */
const sdkPackage: string = '@opentelemetry/sdk-node';
const exporterPackage: string = '@opentelemetry/exporter-trace-otlp-http';

/**
 * Registers the process's tracer. Spans are made by our own code (`api/http/request-span.ts`, the Temporal interceptors) through
 * `@opentelemetry/api`, which does nothing until this has run; nothing is patched, so the order of imports does not matter.
 * @throws Error when traces are wanted and the packages are not installed.
 */
export async function startTelemetry({ enabled, endpoint, serviceName }: TelemetryOptions): Promise<Telemetry> {
  if (!enabled) return { stop: () => Promise.resolve() };
  const { NodeSDK, OTLPTraceExporter } = await load();
  const url = endpoint === undefined ? {} : { url: `${endpoint.replace(/\/$/, '')}/v1/traces` };
  const sdk = new NodeSDK({ serviceName, traceExporter: new OTLPTraceExporter(url) });
  sdk.start();
  return { stop: () => sdk.shutdown() };
}

async function load(): Promise<SdkModule & ExporterModule> {
  try {
    const [sdk, exporter] = await Promise.all([import(sdkPackage), import(exporterPackage)]);
    return { ...(sdk as SdkModule), ...(exporter as ExporterModule) };
  } catch (err) {
    throw new Error(
      `PERIJOVE_OTEL_ENABLED is true, but OpenTelemetry cannot be loaded; install ${sdkPackage} and ${exporterPackage}, or turn it off.`,
      { cause: err },
    );
  }
}
