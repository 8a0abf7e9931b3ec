// Fixed places in linear memory. The loader (`scanner.ts`) writes and reads them by the same numbers, through the exports below.

/** Namespaces of entity and relationship ids, 16 bytes each. */
export const NAMESPACES: u32 = 1024;
/** SHA-1: message schedule of 80 words. */
export const SCHEDULE: u32 = 1088;
/** SHA-1: namespace, key and padding; the longest key of the fast lane is 1,024 bytes. */
export const MESSAGE: u32 = 1536;
/** Known metadata names: slots of 32 bytes, zero-filled; the last byte of a slot is the length. */
export const METADATA: u32 = 2688;
export const METADATA_SLOTS: u32 = 48;
/** First names of upload bodies, in slots of the same form. */
export const PARTS: u32 = 4224;
export const PART_SLOTS: u32 = 4;
/** Names of the raw-data entries of one object, as pairs of start and length. */
export const RAW_NAMES: u32 = 4608;
export const RAW_NAMES_MAX: u32 = 32;
/** Staged rows of one call, and one word of facts per row. */
export const MAX_ROWS: u32 = 4096;
export const FACTS: u32 = 8192;
export const ROWS: u32 = 24576;
/** Text to scan; the loader puts 64 zero bytes behind it, so that no loop needs to look for the end. */
export const WINDOW: u32 = 196608;

/** Facts of a row. The low 16 bits count raw-data entries. */
export const FLAGGED: u32 = 0x80000000;
export const RELATIONSHIP: u32 = 0x40000000;
