import { serverSettings, workerSettings, type Settings } from '../../../src/config/settings';

/** The rows that `docs/settings.md` must have, from the declarations of the settings. */
export function settingsRows(): string[][] {
  const all: Settings = { ...serverSettings, ...workerSettings };
  return Object.entries(all).map(([name, { schema, about }]) => {
    const server = Object.hasOwn(serverSettings, name);
    const worker = Object.hasOwn(workerSettings, name);
    return [
      `\`${name}\``,
      shown(schema.parse(undefined)),
      server && worker ? 'both' : server ? 'server' : 'worker',
      about,
    ];
  });
}

function shown(fallback: unknown): string {
  if (fallback === undefined || (Array.isArray(fallback) && fallback.length === 0)) return '–';
  return `\`${String(fallback)}\``;
}
