import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type SyncJobDocument } from '../../src/contracts/sync-job';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface Credentials {
  readonly apiBaseUrl: string;
  readonly account: string;
  readonly token: string;
}

type Json = Readonly<Record<string, unknown>>;

/** A plain HTTP client of the public API, for tests. */
export class ApiClient {
  constructor(private readonly credentials: Credentials) {}

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer> {
    const { apiBaseUrl, account, token } = this.credentials;
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(`${apiBaseUrl}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        'JupiterOne-Account': account,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  }

  /** @throws unless the answer is 200. */
  async ok(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Record<string, unknown>> {
    const answer = await this.request(method, path, body, headers);
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async start(body: Json): Promise<SyncJobDocument> {
    return (await this.ok('POST', jobs, body)).job as SyncJobDocument;
  }

  async upload(jobId: string, body: Json, flags = ''): Promise<SyncJobDocument> {
    return (await this.ok('POST', `${jobs}/${jobId}/upload${flags}`, body)).job as SyncJobDocument;
  }

  async finalize(jobId: string, body?: Json): Promise<SyncJobDocument> {
    return (await this.ok('POST', `${jobs}/${jobId}/finalize`, body)).job as SyncJobDocument;
  }

  async job(jobId: string): Promise<SyncJobDocument> {
    return (await this.ok('GET', `${jobs}/${jobId}`)).job as SyncJobDocument;
  }

  async untilEnded(jobId: string, withinMs = 30_000): Promise<SyncJobDocument> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const job = await this.job(jobId);
      if (isTerminal(job.status)) return job;
      if (Date.now() > deadline) throw new Error(`job ${jobId} is still ${job.status} after ${withinMs} ms`);
      await sleep(20);
    }
  }

  /** Start, one upload, finalize, wait for the end. */
  async sync(start: Json, upload: Json, finalize: Json = {}): Promise<SyncJobDocument> {
    const { id } = await this.start(start);
    await this.upload(id, upload);
    await this.finalize(id, finalize);
    return await this.untilEnded(id);
  }
}

const jobs = '/persister/synchronization/jobs';
