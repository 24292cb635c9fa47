import { type Condition, findCondition, setCondition, toTime } from '../base/condition.ts';
import { isEqual } from '../base/equal.ts';
import type { ApiObject, JsonMap } from '../base/object.ts';
import { unlessGone } from '../base/unless.ts';
import type { Verdict } from '../eve/known.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { AttestationPolicy } from '../resources/kubeve/attestationpolicy.ts';
import { eveVersion, firmwareVersion, isFor, modelOf } from '../resources/kubeve/measure.ts';
import type { Gathered } from './gather.ts';
import type { Recorder } from './recorder.ts';
import { asMap, defined } from './reflect/value.ts';

export interface VerdictParts {
  readonly registry: Registry;
  readonly user: User;
  readonly recorder: Recorder;
}

/** Writes what came of a device's attestation into its status, and into the policies that learn from it. */
export const publishVerdict = async (parts: VerdictParts, { device, verdict }: Gathered): Promise<void> => {
  if (!verdict) return;
  // Validated by the registry against the schema that Device is inferred from.
  const object = device as unknown as ApiObject;
  const condition = toCondition(verdict);
  const told = findCondition(object.status?.['conditions'], condition.type);
  await write(parts, 'eve.lfedge.org', 'devices', object, status => ({
    ...status,
    attestation: { ...said(asMap(status['attestation'])), ...toStatus(verdict) },
    conditions: setCondition(status['conditions'], condition, verdict.at),
  }));
  if (told?.['message'] !== condition.message)
    await parts.recorder.record(object, {
      type: verdict.accepted ? 'Normal' : 'Warning',
      reason: verdict.accepted ? 'AttestationAccepted' : 'AttestationRefused',
      message: verdict.message,
    });
  if (verdict.accepted && verdict.attested?.tpm) await teach(parts, object, verdict);
};

const toCondition = ({ accepted, reason, message, attested }: Verdict): Condition => ({
  type: 'Attested',
  // Without a TPM nothing is proven, whatever lets it pass.
  status: !accepted ? 'False' : attested?.tpm ? 'True' : 'Unknown',
  reason,
  message,
});

/** What the device itself says, and did. */
const said = ({ state, error, replaced }: JsonMap): JsonMap => defined({ state, error, replaced });

const toStatus = ({ at, accepted, reason, policy, attested }: Verdict): JsonMap =>
  defined({
    verdict: accepted ? 'Accepted' : 'Refused',
    verifiedAt: toTime(at),
    reason,
    policy,
    tpm: attested?.tpm,
    eveVersion: attested?.versions[eveVersion],
    firmwareVersion: attested?.versions[firmwareVersion],
    registers: attested?.tpm ? { ...attested.pcrs } : undefined,
  });

const maxLearned = 64;

/** Policies that learn from this Device take down what it attested. */
const teach = async (parts: VerdictParts, device: ApiObject, { at, attested }: Verdict): Promise<void> => {
  const { registry } = parts;
  const { namespace, name } = device.metadata;
  const { items } = await registry.list(registry.catalog.get('kubeve.io', 'attestationpolicies'), { namespace });
  for (const item of items) {
    const policy = item as unknown as AttestationPolicy; // validated by the registry against its schema
    if (policy.spec?.learnFrom !== name || !isFor(policy, device)) continue;
    const lesson = defined({
      device: name,
      ...modelOf(device),
      eveVersion: attested?.versions[eveVersion],
      firmwareVersion: attested?.versions[firmwareVersion],
      registers: { ...attested?.pcrs },
    });
    await write(parts, 'kubeve.io', 'attestationpolicies', item, status => {
      const learned = Array.isArray(status['learned']) ? status['learned'].map(asMap) : [];
      const isKnown = learned.some(({ at: _, ...rest }) => isEqual(rest, lesson));
      return isKnown ? status : { ...status, learned: [...learned, { ...lesson, at: toTime(at) }].slice(-maxLearned) };
    });
  }
};

const write = async (
  { registry, user }: VerdictParts,
  group: string,
  plural: string,
  { metadata }: ApiObject,
  change: (status: JsonMap) => JsonMap,
): Promise<void> => {
  await unlessGone(
    registry.update(
      registry.catalog.get(group, plural),
      { namespace: metadata.namespace, name: metadata.name },
      current => {
        if (current.metadata.uid !== metadata.uid) return current;
        const status = change(current.status ?? {});
        return isEqual(status, current.status ?? {}) ? current : { ...current, status };
      },
      { user, subresource: 'status' },
    ),
  );
};
