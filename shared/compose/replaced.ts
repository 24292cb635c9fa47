import { toTime } from '../base/condition.ts';
import type { ApiObject } from '../base/object.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { Gathered } from './gather.ts';
import type { Recorder } from './recorder.ts';
import { asMap } from './reflect/value.ts';
import { writeStatus } from './writestatus.ts';

interface Parts {
  readonly registry: Registry;
  readonly user: User;
  readonly recorder: Recorder;
}

/** Shows in a Device how often it replaced certificates that it had told, and tells of it once. */
export const publishReplaced = async (parts: Parts, { device, replaced }: Gathered): Promise<void> => {
  if (!replaced || device.status?.attestation?.replaced?.count === replaced.count) return;
  const types = [...new Set(replaced.types)].map(type => names[type] ?? String(type));
  const shown = { count: replaced.count, lastAt: toTime(replaced.at), types };
  // Validated by the registry against the schema that Device is inferred from.
  const written = await writeStatus(parts, 'devices', device as unknown as ApiObject, status => ({
    ...status,
    attestation: { ...asMap(status['attestation']), replaced: shown },
  }));
  if (!written) return;
  await parts.recorder.record(written.after, {
    type: 'Warning',
    reason: 'CertificatesReplaced',
    message: `The device replaced certificates that it had told before: ${types.join(', ')}`,
  });
};

/** By `ZCertType`. */
const names: Readonly<Record<number, string>> = { 11: 'ATTESTATION', 12: 'ENDORSEMENT', 13: 'EXCHANGE' };
