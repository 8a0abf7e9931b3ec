import { SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { MongoClient } from 'mongodb';
import { isTraced } from '../../observability/spans';

/**
 * One span for every command that is sent on behalf of a traced request or activity: name of command and collection, never its
 * content. Needs a client with `monitorCommands`.
 */
export function traceCommands(client: MongoClient): void {
  const tracer = trace.getTracer('perijove.mongodb');
  const spans = new Map<string, Span>();
  const take = ({
    connectionId,
    requestId,
  }: {
    connectionId?: string | number;
    requestId: number;
  }): Span | undefined => {
    const key = `${String(connectionId)}/${String(requestId)}`;
    const span = spans.get(key);
    spans.delete(key);
    return span;
  };

  client.on('commandStarted', ({ connectionId, requestId, commandName, databaseName, command }) => {
    if (!isTraced()) return;
    const collection: unknown = (command as Readonly<Record<string, unknown>>)[commandName];
    const of = typeof collection === 'string' ? ` ${collection}` : '';
    const attributes = { 'db.system.name': 'mongodb', 'db.namespace': databaseName, 'db.operation.name': commandName };
    spans.set(
      `${String(connectionId)}/${String(requestId)}`,
      tracer.startSpan(`mongodb ${commandName}${of}`, { kind: SpanKind.CLIENT, attributes }),
    );
  });
  client.on('commandSucceeded', (event) => {
    take(event)?.end();
  });
  client.on('commandFailed', (event) => {
    take(event)?.setStatus({ code: SpanStatusCode.ERROR, message: event.failure.name }).end();
  });
}
