import { ErrorCode } from '../../contracts/error-code';
import { SyncMode } from '../../contracts/sync-job';
import { DomainError } from '../errors';
import type { Scope } from '../graph/identity';
import type { StartSyncJob } from './sync-jobs';

/** Sources that a client may name (semantics 1.2); others are stored by the product itself. */
const clientSources = ['api', 'integration-managed', 'integration-external', 'system-internal'] as const;

export interface StartDecision {
  readonly scope: Scope;
  readonly integrationInstanceId: string | null;
  readonly syncMode: SyncMode;
}

const instancePattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const maxScopeLength = 512;

/** Rules of source, scope, mode and instance (semantics 1.2, 1.3). The effective scope of an integration is its instance. */
export function decideStart(account: string, input: StartSyncJob): StartDecision {
  const syncMode = input.syncMode ?? SyncMode.diff;
  const scope = input.scope === '' ? undefined : (input.scope ?? undefined);
  const instance = input.integrationInstanceId === '' ? undefined : (input.integrationInstanceId ?? undefined);
  if (!clientSources.some((source) => source === input.source)) {
    throw bad(`"source" must be one of ${clientSources.join(', ')}, but is "${input.source}".`);
  }
  if (!Object.values(SyncMode).some((mode) => mode === syncMode)) {
    throw bad(`"syncMode" must be one of ${Object.values(SyncMode).join(', ')}, but is "${String(syncMode)}".`);
  }
  if (scope !== undefined && scope.length > maxScopeLength)
    throw bad(`"scope" may have ${maxScopeLength} characters at most.`);
  if (input.source === 'api') {
    if (scope === undefined && syncMode === SyncMode.diff) {
      throw bad(
        '"scope" is required when "syncMode" is DIFF (the default): it names the set that the upload replaces.',
      );
    }
    return { scope: { account, source: input.source, scope: scope ?? '' }, integrationInstanceId: null, syncMode };
  }
  if (instance === undefined) throw bad(`"integrationInstanceId" is required when "source" is "${input.source}".`);
  if (!instancePattern.test(instance)) {
    throw new DomainError(
      ErrorCode.invalidIntegrationInstance,
      'Integration instance not found: "integrationInstanceId" is not an id that an instance can have.',
    );
  }
  if (scope !== undefined && scope !== instance && input.source !== 'system-internal') {
    throw bad('"scope" can only be used when "source" is "api"; the scope of an integration is its instance.');
  }
  return { scope: { account, source: input.source, scope: instance }, integrationInstanceId: instance, syncMode };
}

const bad = (message: string): DomainError => new DomainError(ErrorCode.badRequest, message);
