import { proxySinks, workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow';
import {
  tracePointOf,
  withTrace,
  type TracePoint,
  type TraceSinks,
  type WorkflowSpan,
} from '../../contracts/temporal/trace';

const { traces } = proxySinks<TraceSinks>();

/**
 * Carries the trace of whoever started or messaged the run on to its activities. A message takes over from the start: what a run does
 * after a finalize call belongs to that call, not to the job's start hours before. Makes no command and draws no random number, so
 * that a run replays alike with and without it.
 */
export const interceptors = (): WorkflowInterceptors => {
  const { runId, workflowType, workflowId } = workflowInfo();
  const open: Omit<WorkflowSpan, 'end'>[] = [];
  /** Parent of everything that the run calls from now on. */
  let current: TracePoint | undefined;

  function begin(name: string, parent: TracePoint | undefined): void {
    const spanId = nthSpanId(runId, open.length);
    const at: TracePoint = parent ? { ...parent, spanId } : { traceId: hexOf(runId), spanId, isSampled: true };
    open.push({
      name,
      at,
      ...(parent && { parent }),
      start: Date.now(),
      attributes: { 'temporal.workflow_id': workflowId, 'temporal.run_id': runId },
    });
    current = at;
  }

  function endAll(error?: string): void {
    const end = Date.now();
    for (const span of open.splice(0)) {
      if (span.at.isSampled) traces.ended({ ...span, end, ...(error !== undefined && { error }) });
    }
  }

  return {
    inbound: [
      {
        async execute(input, next) {
          begin(`run ${workflowType}`, tracePointOf(input.headers));
          try {
            const result = await next(input);
            endAll();
            return result;
          } catch (err) {
            endAll(err instanceof Error && err.name !== 'ContinueAsNew' ? err.message : undefined);
            throw err;
          }
        },
        async handleSignal(input, next) {
          const sender = tracePointOf(input.headers);
          if (sender) begin(`handle ${input.signalName}`, sender);
          await next(input);
        },
        async handleUpdate(input, next) {
          const sender = tracePointOf(input.headers);
          if (sender) begin(`handle ${input.name}`, sender);
          return await next(input);
        },
      },
    ],
    outbound: [
      {
        async scheduleActivity(input, next) {
          return await next({ ...input, headers: withTrace(input.headers, current) });
        },
        async continueAsNew(input, next) {
          return await next({ ...input, headers: withTrace(input.headers, current) });
        },
      },
    ],
  };
};

const hexOf = (uuid: string): string => uuid.replaceAll('-', '');

/** The random end of the run's id, counted up: ids that need no random number. */
function nthSpanId(runId: string, n: number): string {
  const half = hexOf(runId).slice(16);
  const low = (parseInt(half.slice(8), 16) + n) >>> 0;
  return half.slice(0, 8) + low.toString(16).padStart(8, '0');
}
