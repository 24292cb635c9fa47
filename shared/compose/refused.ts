import { toTime } from '../base/condition.ts';
import type { ApiObject } from '../base/object.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { Gathered } from './gather.ts';
import type { Recorder } from './recorder.ts';
import { shorten } from './reflect/errors.ts';
import { writeStatus } from './writestatus.ts';

export interface RefusedParts {
  readonly registry: Registry;
  readonly user: User;
  readonly recorder: Recorder;
}

/** Shows in a Device how many of its reports were refused, and tells of it once. */
export const publishRefused = async (parts: RefusedParts, { device, refused }: Gathered): Promise<void> => {
  if (!refused || device.status?.refusedReports?.count === refused.count) return;
  const shown = { count: refused.count, lastAt: toTime(refused.at), last: shorten(refused.last) };
  // Validated by the registry against the schema that Device is inferred from.
  const written = await writeStatus(parts, 'devices', device as unknown as ApiObject, status => ({
    ...status,
    refusedReports: shown,
  }));
  if (!written) return;
  await parts.recorder.record(written.after, {
    type: 'Warning',
    reason: 'RefusedReport',
    message: `A report was refused: ${refused.last}`,
  });
};
