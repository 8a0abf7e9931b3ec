import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createInflateRaw } from 'node:zlib';

const BLOCK = 512;

/**
 * Writes the regular file named `member` (base name) of a gzipped tar to `target`. Read here rather than by `tar`, which slim
 * images may lack. Throws when the archive has no such file or ends early.
 */
export async function extractFromTarGz(archive: string, member: string, target: string): Promise<void> {
  let found = false;
  const source = createReadStream(archive);
  const unzipped = source.pipe(createGunzip());
  source.on('error', (error) => unzipped.destroy(error));
  await pipeline(
    Readable.from(
      (async function* () {
        for await (const chunk of tarMember(unzipped, member)) {
          found = true;
          yield chunk;
        }
      })(),
    ),
    createWriteStream(target),
  );
  if (!found) throw new Error(`${basename(archive)} has no file ${member}`);
}

async function* tarMember(stream: AsyncIterable<Buffer>, member: string): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  /** Bytes of the current entry still to come, then its padding to a full block. */
  let wanted = 0;
  let skipped = 0;
  for await (const chunk of stream) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length > 0) {
      if (wanted > 0) {
        const part = held.subarray(0, wanted);
        held = held.subarray(part.length);
        wanted -= part.length;
        yield part;
        if (wanted === 0) return;
      } else if (skipped > 0) {
        const part = Math.min(skipped, held.length);
        held = held.subarray(part);
        skipped -= part;
      } else {
        if (held.length < BLOCK) break;
        const { name, size, regular } = readHeader(held.subarray(0, BLOCK));
        held = held.subarray(BLOCK);
        if (regular && basename(name) === member) wanted = size;
        else skipped = Math.ceil(size / BLOCK) * BLOCK;
      }
    }
  }
  if (wanted > 0) throw new Error(`the archive ends within ${member}`);
}

function readHeader(block: Buffer): { name: string; size: number; regular: boolean } {
  const field = (from: number, length: number): string =>
    block.toString('latin1', from, from + length).replace(/\0.*$/s, '');
  const type = field(156, 1);
  return {
    name: field(0, 100),
    size: Number.parseInt(field(124, 12).trim() || '0', 8),
    regular: type === '' || type === '0',
  };
}

/** Writes the file of a zip whose path ends in `suffix` to `target`. Neither encryption nor zip64 (files from 4 GiB). */
export async function extractFromZip(archive: string, suffix: string, target: string): Promise<void> {
  const file = await open(archive, 'r');
  try {
    const { size } = await file.stat();
    const tailLength = Math.min(size, 65_557);
    const tail = (await file.read(Buffer.alloc(tailLength), 0, tailLength, size - tailLength)).buffer;
    const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    if (end < 0) throw new Error(`${basename(archive)} is not a complete zip file`);
    const length = tail.readUInt32LE(end + 12);
    const directory = (await file.read(Buffer.alloc(length), 0, length, tail.readUInt32LE(end + 16))).buffer;
    const entry = findZipEntry(directory, suffix);
    if (entry === undefined) throw new Error(`${basename(archive)} has no file …${suffix}`);
    const header = (await file.read(Buffer.alloc(30), 0, 30, entry.offset)).buffer;
    const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    const packed = createReadStream(archive, { start, end: start + entry.packedSize - 1 });
    const unpack = entry.deflated ? [createInflateRaw()] : [];
    await pipeline([packed, ...unpack, createWriteStream(target)]);
  } finally {
    await file.close();
  }
}

function findZipEntry(
  directory: Buffer,
  suffix: string,
): { offset: number; packedSize: number; deflated: boolean } | undefined {
  for (let at = 0; at + 46 <= directory.length;) {
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    if (name.endsWith(suffix)) {
      const packedSize = directory.readUInt32LE(at + 20);
      return { offset: directory.readUInt32LE(at + 42), packedSize, deflated: directory.readUInt16LE(at + 10) === 8 };
    }
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return undefined;
}
