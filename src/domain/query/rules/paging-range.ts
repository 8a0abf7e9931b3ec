import type { Rule } from './rule';

/** Larger limits than 250 are served over pages; the text is JupiterOne's. */
export const pagingRange: Rule = function* ({ query: { skip, limit } }) {
  if (limit && (!Number.isSafeInteger(limit.value) || limit.value < 1)) {
    yield { at: limit.at, what: '"limit" must be a value between 1 and 250' };
  }
  if (skip && !Number.isSafeInteger(skip.value)) {
    yield { at: skip.at, what: '"skip" must be a whole number from 0 on' };
  }
};
