import type { ApiObject } from '../base/object.ts';
import { parsed } from '../base/parsed.ts';
import type { Member } from '../device/fleet.ts';
import type { Policy } from '../device/room.ts';
import type { AttestationPolicy } from '../resources/kubeve/attestationpolicy.ts';
import { isEnforced, isFor, measure } from '../resources/kubeve/measure.ts';
import type { Store } from '../store/store.ts';

/** As long as a Device has this annotation "true" it may replace its certificates, whatever a policy says. */
const mayChange = 'kubeve.io/allow-certificate-change';

/**
 * What AttestationPolicies demand of devices, read from the store as it is now. Where a namespace has no policy a question
 * costs one read of an empty list.
 */
export const createAttestation = (store: Store): Policy => {
  const policiesFor = async ({ key = '' }: Member): Promise<AttestationPolicy[]> => {
    const { entries } = await store.list(policyType, { prefix: `${key.slice(0, key.indexOf('/'))}/` });
    // Validated by the registry against the schemas that AttestationPolicy is inferred from.
    return entries.map(({ value }) => parse(value) as unknown as AttestationPolicy);
  };

  const deviceOf = async ({ key = '' }: Member): Promise<ApiObject | undefined> => {
    const entry = await store.get(deviceType, key);
    return entry && parse(entry.value);
  };

  /** The policies that enforce something on a member, with its Device; nothing when there are none. */
  const enforced = async (
    member: Member,
  ): Promise<{ device: ApiObject; policies: AttestationPolicy[] } | undefined> => {
    const hard = (await policiesFor(member)).filter(isEnforced);
    const device = hard.length > 0 ? await deviceOf(member) : undefined;
    const policies = device ? hard.filter(one => isFor(one, device)) : [];
    return device && policies.length > 0 ? { device, policies } : undefined;
  };

  return {
    async judge(member, attested) {
      const [policies, device] = await Promise.all([policiesFor(member), deviceOf(member)]);
      return device
        ? measure(policies, device, attested)
        : { accepted: false, reason: 'NoDevice', message: 'there is no Device any longer' };
    },
    requiresToken: async member => (await enforced(member)) !== undefined,
    async pinsCertificates(member) {
      const found = await enforced(member);
      if (!found || found.device.metadata.annotations?.[mayChange] === 'true') return undefined;
      const strict = found.policies.find(({ spec }) => spec?.allowCertificateChange !== true);
      return (
        strict &&
        `the annotation ${mayChange}=true of the Device lets it, or spec.allowCertificateChange (AttestationPolicy ${strict.metadata.name})`
      );
    },
  };
};

/** Store types. */
const policyType = 'objects/kubeve.io/attestationpolicies';
const deviceType = 'objects/eve.lfedge.org/devices';

// The registry writes nothing else there.
const parse = (value: Uint8Array): ApiObject => parsed(value) as unknown as ApiObject;
