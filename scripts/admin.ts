import { parseArgs } from 'node:util';
import { MongoAccounts } from '../src/adapters/mongo/mongo-accounts';
import { openDatabase } from '../src/adapters/mongo/database';
import { ensureIndexes } from '../src/adapters/mongo/indexes';
import { loadServerConfig } from '../src/config/config';
import { connectionSettings } from './admin-connection';

const usage = `Accounts and API tokens.

  npm run admin -- account create <name>
  npm run admin -- account list
  npm run admin -- token create <account> --name <what for> [--days <until it expires>]
  npm run admin -- token list [<account>]
  npm run admin -- token revoke <token id>

MongoDB is the one that PERIJOVE_MONGO_URI names, or else the one of .perijove/connection.json.
A token is shown once, when it is made. A revocation takes effect within 5 seconds.`;

const day = 24 * 3600 * 1000;

async function run(
  accounts: MongoAccounts,
  args: readonly string[],
  options: { name?: string; days?: string },
): Promise<void> {
  const [noun, verb, subject] = args;
  switch (`${noun ?? ''} ${verb ?? ''}`) {
    case 'account create':
      await accounts.createAccount(required(subject, 'the name of the account'));
      console.log(`Account "${subject ?? ''}" is there.`);
      return;
    case 'account list':
      for (const account of await accounts.listAccounts()) console.log(account);
      return;
    case 'token create': {
      const account = required(subject, 'the account');
      const expiresAt = options.days === undefined ? undefined : Date.now() + daysOf(options.days) * day;
      const { id, token } = await accounts.createToken({ account, name: options.name ?? 'unnamed', expiresAt });
      console.error(`Token ${id} of account "${account}". It is shown this once:`);
      console.log(token);
      return;
    }
    case 'token list':
      for (const { _id, account, name, createdAt, expiresAt, revokedAt } of await accounts.listTokens(subject)) {
        const state =
          revokedAt !== null ? `revoked ${date(revokedAt)}` : expiresAt !== null ? `until ${date(expiresAt)}` : 'valid';
        console.log([_id, account, `made ${date(createdAt)}`, state, name].join('  '));
      }
      return;
    case 'token revoke':
      await accounts.revokeToken(required(subject, 'the id of the token'));
      console.log(`Token ${subject ?? ''} is revoked.`);
      return;
    default:
      throw new UsageError(noun === undefined ? usage : `"${args.join(' ')}" is not a command.\n\n${usage}`);
  }
}

class UsageError extends Error {}

function required(value: string | undefined, what: string): string {
  if (value === undefined) throw new UsageError(`Missing: ${what}.\n\n${usage}`);
  return value;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (!(days > 0)) throw new UsageError(`--days must be a number above 0, but is "${text}".`);
  return days;
}

const date = (time: number): string => new Date(time).toISOString().slice(0, 10);

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string' }, days: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const { mongo } = loadServerConfig({ ...connectionSettings(process.cwd()), ...process.env });
  const database = openDatabase({ ...mongo, appName: 'perijove-admin' });
  try {
    await ensureIndexes(database.db);
    await run(new MongoAccounts(database), positionals, values);
  } finally {
    await database.client.close();
  }
}

main().catch((err: unknown) => {
  console.error(err instanceof Error ? err.message : err);
  process.exitCode = err instanceof UsageError ? 2 : 1;
});
