import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { BenchCase } from '../harness/bench';
import { timed } from '../harness/measure';

/** The whole fleet as one JSON file through the presigned URL. */
export const bulkFile: BenchCase = {
  name: 'bulk-file',
  title: 'one bulk file through the presigned URL',
  async run({ api, fleet, scope, db }) {
    await scope.reset();
    const jobId = await api.start('bench-bulk');
    const url = await api.uploadUrl(jobId);
    const parts = oneDocument(fleet.bodies(0));
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    const putMs = await timed(async () => {
      await put(url, parts, bytes);
    });
    const finalizeMs = await timed(async () => {
      await api.finalize(jobId);
      await api.untilFinished(jobId);
    });
    const created = await db.collection('entities').countDocuments({ _scope: 'bench-bulk', _deleted: false });
    const isMet = created === fleet.entities;
    return [
      { name: `bulk file of ${Math.round(bytes / 1e6)} MB, PUT`, unit: 'ms', ours: putMs },
      {
        name: `bulk file of ${Math.round(bytes / 1e6)} MB, finalize until all is created`,
        unit: 'ms',
        ours: finalizeMs,
        target: { text: 'works', isMet },
      },
    ];
  },
};

/** `{"entities":[…]}` of all bodies without copying them together. */
function oneDocument(bodies: readonly Buffer[]): readonly Buffer[] {
  const opening = '{"entities":['.length;
  const closing = ']}'.length;
  const inner = bodies.flatMap((body, i) => [
    ...(i > 0 ? [Buffer.from(',')] : []),
    body.subarray(opening, body.length - closing),
  ]);
  return [Buffer.from('{"entities":['), ...inner, Buffer.from(']}')];
}

async function put(url: string, parts: readonly Buffer[], bytes: number): Promise<void> {
  const call = request(url, { method: 'PUT', headers: { 'Content-Length': bytes } });
  const answered = once(call, 'response');
  await pipeline(Readable.from(parts), call);
  const [response] = (await answered) as [IncomingMessage];
  response.resume();
  if (response.statusCode !== 200) throw new Error(`PUT of the bulk file: ${String(response.statusCode)}`);
}
