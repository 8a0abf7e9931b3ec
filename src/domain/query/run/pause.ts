/** Lets the process do something else. Work in memory takes at most some 20 ms between two of these. */
export const pause = async (): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
};
