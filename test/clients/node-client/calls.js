'use strict';

/*
 * Drives the Node client as a library. Argument: JSON of {account, token, calls: [[method, ...arguments], ...]}. An argument
 * {"result": n, "at": [name, ...]} stands for a member of what call n gave. Last line of stdout: a JSON array with one {ok} or {error}
 * for each call.
 */
const JupiterOneClient = require('@jupiterone/jupiterone-client-nodejs');

const isReference = (value) => typeof value === 'object' && value !== null && Array.isArray(value.at);

async function main({ account, token, calls }) {
  const client = await new JupiterOneClient({ account, accessToken: token }).init();
  const results = [];
  for (const [method, ...given] of calls) {
    const values = given.map((value) =>
      isReference(value) ? value.at.reduce((found, name) => found[name], results[value.result].ok) : value,
    );
    try {
      results.push({ ok: await client[method](...values) });
    } catch (error) {
      results.push({ error: error.message });
    }
  }
  return results;
}

main(JSON.parse(process.argv[2])).then((results) => process.stdout.write(`\n${JSON.stringify(results)}\n`));
