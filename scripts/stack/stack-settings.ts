import { resolve } from 'node:path';
import { z } from 'zod';
import type { PortPlan } from './ports';
import { StackError } from './stack-error';

const port = z.coerce
  .number('must be a port number')
  .int('must be a whole number')
  .min(0, 'must be 0 (any free port) or more')
  .max(65535, 'must be at most 65535');
/** An empty variable means the same as none: that is what `VAR= npm start` is typed for. */
const orDefault = <T extends z.ZodType>(schema: T, value: z.output<T>): z.ZodType<z.output<T>> =>
  z.preprocess((raw) => (raw === '' || raw === undefined ? value : raw), schema) as z.ZodType<z.output<T>>;

const schema = z.object({
  PERIJOVE_DATA_DIR: orDefault(z.string(), '.perijove'),
  PERIJOVE_TEMPORAL_PORT: orDefault(port, 7233),
  PERIJOVE_TEMPORAL_UI_PORT: orDefault(port, 8233),
  PERIJOVE_MONGO_PORT: orDefault(port, 27117),
  PERIJOVE_S3_PORT: orDefault(port, 7070),
  PERIJOVE_API_PORT: orDefault(port, 8080),
  PERIJOVE_WORKER_HEALTH_PORT: orDefault(port, 8081),
  PERIJOVE_MONGO_CACHE_GB: orDefault(z.coerce.number('must be a number of gigabytes').min(0.25).max(10_000), 1),
});

export interface StackSettings {
  dataDir: string;
  ports: PortPlan;
  /** `--wiredTigerCacheSizeGB`: left to itself, mongod takes half of the memory. */
  mongoCacheGb: number;
}

/** Reads the settings of the embedded stack; a StackError names every wrong one. */
export function readStackSettings(env: NodeJS.ProcessEnv): StackSettings {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name}=${env[name]}: ${message}`;
    });
    throw new StackError(`The settings of the embedded stack are wrong: ${problems.join('; ')}.`);
  }
  const { data } = parsed;
  return {
    dataDir: resolve(data.PERIJOVE_DATA_DIR),
    mongoCacheGb: data.PERIJOVE_MONGO_CACHE_GB,
    ports: {
      temporal: data.PERIJOVE_TEMPORAL_PORT,
      temporalUi: data.PERIJOVE_TEMPORAL_UI_PORT,
      mongo: data.PERIJOVE_MONGO_PORT,
      s3: data.PERIJOVE_S3_PORT,
      api: data.PERIJOVE_API_PORT,
      workerHealth: data.PERIJOVE_WORKER_HEALTH_PORT,
    },
  };
}
