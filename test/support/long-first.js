const { default: Sequencer } = require('@jest/test-sequencer');

/** Longest first. One that begins last would keep the whole run waiting while the other workers have nothing to do. */
const long = [
  'test/integration/kill/kill.test.ts',
  'test/integration/kill/mutations.test.ts',
  'test/integration/graph/mutations.test.ts',
  'test/integration/sync/second-run.test.ts',
  'test/integration/sync/delete-guard.test.ts',
  'test/unit/ingest/lanes.test.ts',
  'test/integration/kill/query.test.ts',
];

const placeOf = ({ path }) => {
  const place = long.findIndex((name) => path.endsWith(name));
  return place === -1 ? long.length : place;
};

/** A fresh checkout knows no durations of an earlier run, which is what Jest goes by. */
module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => placeOf(a) - placeOf(b));
  }
};
