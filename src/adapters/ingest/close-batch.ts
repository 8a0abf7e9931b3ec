import type { ScannedUpload } from '../../domain/ingest/staged-rows';
import type { RowNames, UploadBatch } from '../../domain/ingest/upload-batch';
import type { ReadContext } from './read-context';

/**
 * Ends a batch: its body, its duplicates, its rows. Nothing may be added afterwards.
 * @param text what the places of its rows refer to
 * @param cut whether the body is the text of the elements alone, as bulk files need it; an upload request keeps its body as it is
 * @throws DomainError when problems are noted, or duplicates are found and not allowed
 */
export function closeBatch(
  context: ReadContext,
  batch: UploadBatch,
  { text, cut }: { text: Uint8Array; cut: boolean },
): ScannedUpload {
  context.problems.throwIfAny();
  const { byteOffset } = context;
  const offsetOfBody = (byteOffset ?? 0) + (cut ? batch.extent.start : 0);
  const body = batch.finishBody(cut ? batch.cutBody(text) : text);
  const names: RowNames = (part, row) => {
    const place =
      byteOffset === undefined ? `${part}[${row}]` : `${part} at byte ${offsetOfBody + batch[part].offsetOf(row)}`;
    return { where: batch.originOf(part, row) ?? place, key: batch.keyOf(body, part, row) };
  };
  batch.settleDuplicates({ latestWins: context.options.ignoreDuplicates, problems: context.problems, names });
  context.problems.throwIfAny();
  return batch.finish(body);
}
