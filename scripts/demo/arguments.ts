import { parseArgs } from 'node:util';

export const HELP = `npm run demo [-- --once] [-- --help]

Starts Perijove on this machine (Temporal, MongoDB, an S3 server, API and worker), collects the assets of the
machine (host, users, groups, network, file systems, packages, processes, listening ports), sends them through
the public API, and says what was created and where to look. Nothing leaves the machine.

  --once   end after the job, with exit code 0 when it finished
  --help   show this text

Without --once everything keeps running until Ctrl-C. Data stays in .perijove/, so that a second run finds
only what has changed.`;

export type DemoArguments =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly once: boolean }
  | { readonly kind: 'invalid'; readonly message: string };

export function parseArguments(args: readonly string[]): DemoArguments {
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true });
  const flags = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    const written = token.kind === 'option' ? token.rawName : token.value;
    const known = written === '--once' || written === '--help' || written === '-h';
    if (token.kind !== 'option' || !known || token.value !== undefined) {
      return { kind: 'invalid', message: `The demo does not know "${args[token.index]}"; it takes --once and --help.` };
    }
    flags.add(written);
  }
  if (flags.has('--help') || flags.has('-h')) return { kind: 'help' };
  return { kind: 'run', once: flags.has('--once') };
}
