import { basename, join } from 'node:path';
import { extractFromTarGz } from './archive';
import { checksumFor, sha256OfFile } from './checksum';
import { downloadFile, downloadText } from './download';
import type { Way } from './recipe';
import type { Release } from './releases';

/** The vendor's own build: archive and published checksum. An archive whose checksum differs, or has none, is refused. */
export function vendorRelease(release: Release): Way {
  return {
    label: 'vendor download',
    version: release.version,
    obtain: async ({ directory, signal, step }) => {
      const archiveName = basename(new URL(release.archiveUrl).pathname);
      step(`downloading ${release.version} from ${new URL(release.archiveUrl).host}`);
      const expected = checksumFor(archiveName, await downloadText(release.checksumUrl, signal));
      if (expected === undefined) throw new Error(`${release.checksumUrl} has no checksum of ${archiveName}`);

      const archive = join(directory, archiveName);
      await downloadFile(release.archiveUrl, archive, { signal, onBytes: quarterSteps(step) });
      const actual = await sha256OfFile(archive);
      if (actual !== expected) {
        throw new Error(`${archiveName} has SHA-256 ${actual}, but the vendor publishes ${expected}`);
      }
      const file = join(directory, release.member);
      await extractFromTarGz(archive, release.member, file);
      return file;
    },
  };
}

function quarterSteps(step: (what: string) => void): (received: number, total: number | undefined) => void {
  let shown = 0;
  return (received, total) => {
    const quarter = total === undefined ? 0 : Math.floor((4 * received) / total);
    if (total === undefined || quarter <= shown) return;
    shown = quarter;
    step(`${quarter * 25} % of ${Math.round(total / 1e6)} MB downloaded`);
  };
}
