import { rowWords } from '../graph/manifest-rows';
import { mergeManifestRows } from '../graph/plan-changes';
import type { ManifestStore } from './ports';

/** What a scope holds in some partitions, one row for each id, in the memory of `into`, which is cleared first. */
export async function readManifest(
  manifests: Pick<ManifestStore, 'partitions'>,
  request: Parameters<ManifestStore['partitions']>[0],
): Promise<Uint32Array> {
  request.into.clear();
  await manifests.partitions(request);
  return mergeManifestRows(rowWords(request.into.bytes));
}
