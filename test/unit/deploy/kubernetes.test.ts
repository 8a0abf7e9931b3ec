import { serverSettings, workerSettings } from '../../../src/config/settings';
import { at, documentsOf, isThere, keysOf, listOf } from './yaml-files';

const kustomization = documentsOf('kubernetes/kustomization.yaml')[0];
const settings = { ...serverSettings, ...workerSettings };

describe('deploy/kubernetes', () => {
  it('lists resources that are there, and an image that the Deployments use', () => {
    for (const name of listOf(at(kustomization, 'resources')).map(String)) {
      expect([name, isThere(`kubernetes/${name}`)]).toEqual([name, true]);
    }
    expect(at(kustomization, 'images', 0, 'name')).toBe('perijove');
  });

  it('sets only settings that exist', () => {
    const names = [
      ...keysOf(at(documentsOf('kubernetes/config.yaml')[0], 'data')),
      ...keysOf(at(documentsOf('kubernetes/secret.example.yaml')[0], 'stringData')),
    ];
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !Object.hasOwn(settings, name))).toEqual([]);
  });

  it('keeps secrets out of the ConfigMap', () => {
    const names = keysOf(at(documentsOf('kubernetes/config.yaml')[0], 'data'));
    expect(
      names.filter((name) => Object.entries(settings).some(([key, value]) => key === name && value.secret)),
    ).toEqual([]);
  });

  it.each(['server', 'worker'])('runs the %s: selectors, ports, probes and time to stop agree', (component) => {
    const documents = documentsOf(`kubernetes/${component}.yaml`);
    const one = (kind: string) => documents.find((document) => document.kind === kind);
    const deployment = one('Deployment');
    const labels = at(deployment, 'spec', 'template', 'metadata', 'labels');
    expect(at(labels, 'app.kubernetes.io/component')).toBe(component);
    for (const selector of [
      at(deployment, 'spec', 'selector', 'matchLabels'),
      at(one('Service'), 'spec', 'selector'),
      at(one('PodDisruptionBudget'), 'spec', 'selector', 'matchLabels'),
    ]) {
      expect(selector).toEqual(labels);
    }
    const container = at(deployment, 'spec', 'template', 'spec', 'containers', 0);
    expect(at(container, 'image')).toBe('perijove');
    expect(at(container, 'command')).toEqual([
      'node',
      expect.stringMatching(/^--max-semi-space-size=\d+$/),
      `dist/src/${component}.js`,
    ]);
    const ports = listOf(at(container, 'ports')).map((port) => [at(port, 'name'), at(port, 'containerPort')]);
    const setting =
      component === 'server' ? serverSettings.PERIJOVE_API_PORT : workerSettings.PERIJOVE_WORKER_HEALTH_PORT;
    expect(ports.map(([, number]) => number)).toContain(setting.schema.parse(undefined));
    for (const [probe, path] of [
      ['startupProbe', '/livez'],
      ['livenessProbe', '/livez'],
      ['readinessProbe', '/readyz'],
    ] as const) {
      expect(at(container, probe, 'httpGet', 'path')).toBe(path);
      expect(ports.map(([name]) => name)).toContain(at(container, probe, 'httpGet', 'port'));
    }
    const graceMs = serverSettings.PERIJOVE_SHUTDOWN_GRACE_MS.schema.parse(undefined);
    const stopSeconds = at(deployment, 'spec', 'template', 'spec', 'terminationGracePeriodSeconds');
    expect(stopSeconds).toBeGreaterThan((graceMs + 15_000) / 1000);
    const scaler = one('HorizontalPodAutoscaler');
    expect(at(scaler, 'spec', 'scaleTargetRef', 'name')).toBe(at(deployment, 'metadata', 'name'));
    expect(at(deployment, 'spec', 'replicas')).toBeUndefined();
    expect(at(scaler, 'spec', 'minReplicas')).toBeGreaterThan(
      Number(at(one('PodDisruptionBudget'), 'spec', 'minAvailable')),
    );
  });
});
