import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Component, type ComponentSpec } from './component';
import { claimDataDirectory } from './data-directory';
import { processIdentity } from './process-identity';
import type { TrackedProcess } from './data-directory';
import { startReaper } from './reaper';
import { reasonOf, type StackError } from './stack-error';

/** One claimed data folder and all processes that run on it: recorded, and ended should this process die. */
export interface Session {
  readonly dataDir: string;
  log(line: string): void;
  logFile(name: string): string;
  component(spec: ComponentSpec): Component;
  /** Stops in the given order, each waited for; then releases the folder. Goes on after a failure and rejects at the end. */
  close(order: readonly Component[]): Promise<void>;
}

export async function openSession({
  dataDir,
  log,
  onGivenUp,
}: {
  dataDir: string;
  log: (line: string) => void;
  onGivenUp: (error: StackError) => void;
}): Promise<Session> {
  const claim = await claimDataDirectory(dataDir);
  claim.leftovers.forEach((line) => log(line));
  await mkdir(join(dataDir, 'logs'), { recursive: true });
  const reaper = startReaper();
  const components: Component[] = [];
  const known = new Map<number, TrackedProcess>();
  let recording: Promise<unknown> = Promise.resolve();
  let closed = false;

  const record = async (): Promise<void> => {
    const running = components.flatMap(({ pid, title }) => (pid === undefined ? [] : [{ pid, title }]));
    for (const { pid, title } of running) {
      const identity = known.has(pid) ? undefined : await processIdentity(pid);
      if (identity !== undefined) known.set(pid, { title, pid, identity });
    }
    const pids = new Set(running.map(({ pid }) => pid));
    for (const pid of known.keys()) if (!pids.has(pid)) known.delete(pid);
    if (!closed) await claim.track([...known.values()]);
  };
  const onChange = (): void => {
    reaper.watch(components.flatMap(({ pid }) => pid ?? []));
    recording = recording
      .then(record)
      .catch((error: unknown) => log(`The pid file is not up to date: ${reasonOf(error)}.`));
  };

  return {
    dataDir,
    log,
    logFile: (name) => join(dataDir, 'logs', `${name}.log`),
    component: (spec) => {
      const component = new Component(spec, { log, onChange, onGivenUp });
      components.push(component);
      return component;
    },
    close: async (order) => {
      const failures: unknown[] = [];
      for (const component of order) await component.stop().catch((error: unknown) => failures.push(error));
      await recording;
      closed = true;
      await reaper.close();
      await claim.release();
      if (failures.length > 0) throw failures[0];
    },
  };
}
