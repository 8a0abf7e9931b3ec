import { SyncMode } from '../../contracts/sync-job';
import type { UploadPart } from './staged-rows';

/** Why a sync mode takes no objects of a part (semantics 1.3); undefined when it does. */
export function refusalOf(part: UploadPart, mode: SyncMode): string | undefined {
  switch (mode) {
    case SyncMode.diff:
    case SyncMode.createOrUpdate:
      return undefined;
    case SyncMode.patch:
      return part === 'relationships'
        ? 'sync mode PATCH changes entities only; upload relationships in a CREATE_OR_UPDATE job'
        : undefined;
    case SyncMode.crossScope:
      return part === 'entities' || part === 'deleteEntities'
        ? 'sync mode CROSS_SCOPE takes relationships only; upload entities in a job of their own scope'
        : undefined;
    case SyncMode.override:
      return part === 'entities' ? undefined : 'sync mode OVERRIDE takes entities only';
  }
}
