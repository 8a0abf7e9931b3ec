// Fixed places in linear memory; `document-encoder.ts` writes and reads them by the same numbers. Those below 4096 that SHA-1 needs
// are in the layout of the JSON scanner.

/** Namespace under which keys of a relationship's ends become ids, 16 bytes. */
export const END_NAMESPACE: u32 = 1024;
/** `_id` of the document, 16 bytes. */
export const ID: u32 = 1040;
/** Ids of both ends of the relationship that was encoded last, 16 bytes each. */
export const ENDS: u32 = 1056;
/** Where `_type` and `_class` lie in the document: place and length of the text, or of a list of texts; no length for no class. */
export const KIND: u32 = 1472;
/** Of the last comparison with a present document: its version, and how long the ended version and the update are. */
export const NEXT: u32 = 1488;
/** Hashes of the names of one object: slots of 8 bytes, generation above hash. */
export const NAMES: u32 = 4096;
export const NAME_SLOTS: u32 = 512;
/** More names than this are for the slow way: the table must not fill up. */
export const MAX_NAMES: u32 = 256;
/** BSON elements that all documents of a call have in common. */
export const TEMPLATE: u32 = 8192;
/** JSON text of one object, at most 256 KiB; behind it 64 bytes of anything, which loops may read and never use. */
export const INPUT: u32 = 65536;
/** The document. No text becomes longer than six times its length. */
export const OUTPUT: u32 = 65536 + 262144 + 64;

// Of a comparison with a present document, for whose sake the text is of at most 64 KiB and the present document of 128 KiB.

/** The present document. */
export const BEFORE: u32 = OUTPUT + 524288;
/** The ended version of it. */
export const ENDED: u32 = BEFORE + 131072;
/** The statement of an `update` command that makes it the new one. */
export const UPDATE: u32 = ENDED + 131072 + 1024;
