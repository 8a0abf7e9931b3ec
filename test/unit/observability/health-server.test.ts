import { createHealthServer, type HealthServer } from '../../../src/observability/health-server';
import { createMetrics } from '../../../src/observability/metrics';
import { createReadiness } from '../../../src/observability/readiness';

describe('readiness', () => {
  it('is ready when everything answers, and says what does not', async () => {
    const failures: string[] = [];
    const readiness = createReadiness({
      checks: {
        mongo: () => Promise.resolve('pong'),
        s3: () => Promise.reject(new Error('secret reason')),
        temporal: () => new Promise(() => undefined),
      },
      timeoutMs: 20,
      onFailure: (name) => failures.push(name),
    });
    expect(await readiness.check()).toEqual({
      ready: false,
      draining: false,
      checks: { mongo: 'ok', s3: 'failing', temporal: 'timeout' },
    });
    expect(failures).toEqual(['s3', 'temporal']);
  });

  it('is ready without what is only advisory, and shows it', async () => {
    const readiness = createReadiness({
      checks: { mongodb: () => Promise.resolve() },
      advisory: { s3: () => Promise.reject(new Error('away')) },
    });
    expect(await readiness.check()).toMatchObject({ ready: true, checks: { mongodb: 'ok', s3: 'failing' } });
  });

  it('asks once for callers that come together, and again for the next', async () => {
    let asked = 0;
    const readiness = createReadiness({ checks: { mongo: () => Promise.resolve((asked += 1)) } });
    await Promise.all([readiness.check(), readiness.check(), readiness.check()]);
    expect(asked).toBe(1);
    await readiness.check();
    expect(asked).toBe(2);
  });

  it('takes no new work once it drains', async () => {
    const readiness = createReadiness({ checks: {} });
    expect((await readiness.check()).ready).toBe(true);
    readiness.drain();
    expect(await readiness.check()).toMatchObject({ ready: false, draining: true });
  });
});

describe('health server', () => {
  let server: HealthServer;
  let up = true;
  beforeAll(async () => {
    server = await createHealthServer({
      host: '127.0.0.1',
      port: 0,
      metrics: createMetrics({ processMetrics: false }),
      readiness: createReadiness({
        checks: { mongo: () => (up ? Promise.resolve() : Promise.reject(new Error('down'))) },
      }),
    });
  });
  afterAll(() => server.close());
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);

  it('answers probes, metrics and nothing else', async () => {
    expect((await get('/livez')).status).toBe(200);
    expect((await get('/readyz?verbose')).status).toBe(200);
    up = false;
    expect((await get('/readyz')).status).toBe(503);
    expect(await (await get('/metrics')).text()).toContain('perijove_in_flight_body_bytes');
    expect((await get('/elsewhere')).status).toBe(404);
  });

  it('tells when its port is taken', async () => {
    const again = createHealthServer({
      host: '127.0.0.1',
      port: server.port,
      metrics: createMetrics({ processMetrics: false }),
      readiness: createReadiness({ checks: {} }),
    });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
