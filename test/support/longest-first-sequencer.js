const { default: Sequencer } = require('@jest/test-sequencer');

/** Starts with the tests that kill processes. They mostly wait, and would be alone at the end. */
module.exports = class LongestFirstSequencer extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const isKill = ({ context }) => context.config.displayName?.name === 'kill';
    return [...sorted.filter(isKill), ...sorted.filter((test) => !isKill(test))];
  }
};
