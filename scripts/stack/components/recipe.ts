import type { Platform } from './platform';

/** What a way of getting a binary works with. `directory` is empty, private to this attempt, and removed afterwards. */
export interface Workshop {
  directory: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  step(what: string): void;
}

/** One way to get a binary. `obtain` resolves to a complete file inside the workshop's directory. */
export interface Way {
  label: string;
  version: string;
  obtain(workshop: Workshop): Promise<string>;
}

/** How one component's binary is found or made. */
export interface Recipe {
  name: 'temporal' | 'mongod' | 'versitygw';
  title: string;
  /** Environment variable that names a binary to use as it is. */
  setting: string;
  /** What a user installs so that it can be prepared where the vendor's download cannot be reached. */
  needs: string;
  ways(platform: Platform): readonly Way[];
  /** Rejects with the reason when the binary does not run here or is too old. */
  check(file: string): Promise<void>;
}
