const { default: TestRunner } = require('jest-runner');

/** Runs the test files of a project one after another, however many workers Jest has: they share one product. */
module.exports = class OneByOneRunner extends TestRunner {
  isSerial = true;
};
