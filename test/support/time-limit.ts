// A limit in the root configuration does not reach projects.
jest.setTimeout(60_000);
