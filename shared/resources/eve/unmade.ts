import type { ApplicationStatus } from './application.ts';

/**
 * Volumes that the device of an Application could not make so far because it cannot have their content, as `name#generation`, by
 * what it said last: nothing of them is there.
 */
export const unmadeVolumes = (status: Pick<ApplicationStatus, 'volumes'> | undefined): string[] =>
  (status?.volumes ?? []).flatMap(({ name, generation = 0, state, error }) =>
    error !== undefined && state !== undefined && before.has(state) ? [`${name}#${generation}`] : [],
  );

/** What a volume goes through before it is made: the states of its content. */
const before: ReadonlySet<string> = new Set([
  'INITIAL',
  'RESOLVING_TAG',
  'RESOLVED_TAG',
  'DOWNLOAD_STARTED',
  'DOWNLOADED',
  'VERIFYING',
  'VERIFIED',
  'LOADING',
  'ERROR',
]);
