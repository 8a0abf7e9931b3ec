import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, 'histories');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
const bundle = (file: string) => ({ codePath: join(__dirname, '..', '..', 'dist', 'src', file) });
const workflowBundle = bundle('workflow-bundle.js');

interface RecordedEvent {
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
}
const recorded = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { events: RecordedEvent[] };

/** Histories of runs that earlier code began; `node dist/scripts/refresh-histories.js` records them anew. */
describe('the workflow code', () => {
  beforeAll(() => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  });

  it('is held to histories of all ways that a job goes', () => {
    expect(names.length).toBeGreaterThanOrEqual(6);
  });

  it.each(names)('replays %s as it was recorded', async (name) => {
    await Worker.runReplayHistory({ workflowBundle }, recorded(name));
  });

  it.each(names)('replays %s with the interceptors of traces, which it was recorded without', async (name) => {
    const ended = { fn: () => undefined, callDuringReplay: false };
    const options = { workflowBundle: bundle('workflow-bundle-traced.js'), sinks: { traces: { ended } } };
    await Worker.runReplayHistory(options, recorded(name));
  });

  it('does not replay a history in which another activity was called', async () => {
    const history = recorded('finished-by-api.json');
    const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes);
    const activityType = scheduled?.activityTaskScheduledEventAttributes?.activityType;
    if (!activityType) throw new Error('the history schedules no activity');
    activityType.name = 'anotherActivity';
    await expect(Worker.runReplayHistory({ workflowBundle }, history)).rejects.toThrow(
      /anotherActivity|[Nn]ondeterminism/,
    );
  });
});
