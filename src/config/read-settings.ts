import { launcherSettings, serverSettings, workerSettings, type Settings, type ValuesOf } from './settings';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with the settings, in one message that holds no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(
      `The settings are not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nSee docs/settings.md.`,
    );
  }
}

export type Rule<Values> = (values: Values) => string | undefined;

/** @throws ConfigError */
export function readSettings<All extends Settings>(
  { settings, rules }: { readonly settings: All; readonly rules: readonly Rule<ValuesOf<All>>[] },
  env: Environment,
): ValuesOf<All> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { schema }] of Object.entries(settings)) {
    const result = schema.safeParse(env[name]);
    if (result.success) values[name] = result.data;
    else problems.push(`${name} ${result.error.issues.map((issue) => issue.message).join(', and ')}.`);
  }
  // Rules compare settings with each other, which means nothing while one of them is wrong by itself.
  if (problems.length === 0) {
    for (const rule of rules) {
      const problem = rule(values as ValuesOf<All>);
      if (problem !== undefined) problems.push(problem);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return values as ValuesOf<All>;
}

/** Names that look like settings and are none: most likely misspelt, worth a warning. Server and worker share one environment. */
export function unknownSettings(env: Environment): readonly string[] {
  const known = new Set([...Object.keys(serverSettings), ...Object.keys(workerSettings), ...launcherSettings]);
  return Object.keys(env).filter((name) => name.startsWith('PERIJOVE_') && !known.has(name));
}
