import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProductConnection } from '../../scripts/stack/run-processes';
import { isTerminal, type SyncJobDocument } from '../../src/contracts/sync-job';
import { inLanes } from './lanes';

const jobs = '/persister/synchronization/jobs';
/** As many as the integration SDK has in flight. */
const uploadsAtOnce = 6;

/** Short jobs are looked at often; long ones not so often that the looking costs them anything. */
const pollEveryMs = (elapsedMs: number): number => Math.min(100, 5 + elapsedMs / 50);

export interface TimedSync {
  readonly job: SyncJobDocument;
  /** First byte of the first upload to the last answer. */
  readonly uploadMs: number;
  /** Finalize call to the status FINISHED as a polling client sees it. */
  readonly finalizeMs: number;
}

/** The public API over kept-alive connections. */
export class SyncClient {
  private readonly agent: Agent;

  constructor(
    private readonly connection: Pick<ProductConnection, 'apiBaseUrl' | 'account' | 'token'>,
    { sockets = uploadsAtOnce + 2 }: { sockets?: number } = {},
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: sockets });
  }

  async start(scope: string): Promise<string> {
    const body = Buffer.from(JSON.stringify({ source: 'api', scope, syncMode: 'DIFF' }));
    return (await this.job('POST', jobs, body)).id;
  }

  async upload(jobId: string, bodies: Iterable<Buffer>): Promise<void> {
    await inLanes(uploadsAtOnce, bodies, async (body) => {
      await this.job('POST', `${jobs}/${jobId}/upload`, body);
    });
  }

  async uploadUrl(jobId: string): Promise<string> {
    const { uploadUrl } = await this.send('POST', `${jobs}/${jobId}/uploadUrl`);
    if (typeof uploadUrl !== 'string') throw new Error('no uploadUrl in the answer');
    return uploadUrl;
  }

  async abort(jobId: string): Promise<void> {
    await this.job('POST', `${jobs}/${jobId}/abort`, Buffer.from('{}'));
  }

  async finalize(jobId: string): Promise<void> {
    await this.job('POST', `${jobs}/${jobId}/finalize`, Buffer.from('{}'));
  }

  /** @throws unless the job ends as FINISHED. */
  async untilFinished(jobId: string): Promise<SyncJobDocument> {
    const began = performance.now();
    for (;;) {
      const job = await this.job('GET', `${jobs}/${jobId}`);
      if (job.status === 'FINISHED') return job;
      if (isTerminal(job.status)) throw new Error(`job ${jobId} ended as ${job.status}: ${job.statusReason ?? ''}`);
      await sleep(pollEveryMs(performance.now() - began));
    }
  }

  /** `between` runs after the uploads and before the finalize call; it is part of neither time. */
  async sync(
    scope: string,
    bodies: Iterable<Buffer>,
    between: () => Promise<void> = () => Promise.resolve(),
  ): Promise<TimedSync> {
    const jobId = await this.start(scope);
    const began = performance.now();
    await this.upload(jobId, bodies);
    const uploadMs = performance.now() - began;
    await between();
    const closing = performance.now();
    await this.finalize(jobId);
    const job = await this.untilFinished(jobId);
    return { job, uploadMs, finalizeMs: performance.now() - closing };
  }

  close(): void {
    this.agent.destroy();
  }

  private async job(method: string, path: string, body?: Buffer): Promise<SyncJobDocument> {
    return (await this.send(method, path, body)).job as SyncJobDocument;
  }

  private async send(method: string, path: string, body?: Buffer): Promise<Record<string, unknown>> {
    const { apiBaseUrl, account, token } = this.connection;
    return await new Promise((resolve, reject) => {
      const call = request(
        `${apiBaseUrl}${path}`,
        {
          method,
          agent: this.agent,
          headers: {
            Authorization: `Bearer ${token}`,
            'JupiterOne-Account': account,
            ...(body && { 'Content-Type': 'application/json', 'Content-Length': body.length }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            if (response.statusCode !== 200) {
              reject(new Error(`${method} ${path}: ${String(response.statusCode)} ${text.slice(0, 500)}`));
            } else resolve(JSON.parse(text) as Record<string, unknown>);
          });
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  }
}
