import { startTelemetry } from '../../../src/observability/telemetry';

describe('telemetry', () => {
  it('is nothing at all while it is off', async () => {
    const before = Object.keys(require.cache).length;
    const telemetry = await startTelemetry({ enabled: false, serviceName: 'perijove-server' });
    await expect(telemetry.stop()).resolves.toBeUndefined();
    expect(Object.keys(require.cache)).toHaveLength(before);
  });
});
