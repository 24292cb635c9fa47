import type { ApiObject } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import type { Attested } from '../../eve/known.ts';
import { fromLabelSelector, type LabelSelectorObject, matchesLabels } from '../../kube/select/labels.ts';
import type { AttestationPolicy } from './attestationpolicy.ts';
import { usualRegisters } from './registers.ts';

/** What a policy makes of what a device attests. */
export interface Measured {
  readonly accepted: boolean;
  readonly reason: string;
  readonly message: string;
  readonly policy?: string;
}

/** Whether a policy is for a Device. */
export const isFor = ({ metadata, spec }: AttestationPolicy, device: ApiObject): boolean =>
  metadata.namespace === device.metadata.namespace &&
  metadata.deletionTimestamp === undefined &&
  (!spec?.selector ||
    // Validated when it was written.
    matchesLabels(fromLabelSelector(spec.selector as LabelSelectorObject), device.metadata.labels ?? {}));

export const isEnforced = ({ spec }: AttestationPolicy): boolean => spec?.mode === 'enforce';

/**
 * Holds what a device attests against all policies that are for it. Those that enforce must all be pleased; of the others the
 * first that is not is told of.
 */
export const measure = (policies: readonly AttestationPolicy[], device: ApiObject, attested: Attested): Measured => {
  const results = policies
    .filter(one => isFor(one, device))
    .sort((a, b) => Number(isEnforced(b)) - Number(isEnforced(a)))
    .map(one => ({ isHard: isEnforced(one), ...judge(one, device, attested) }));
  const refused = results.find(one => one.isHard && !one.accepted);
  const wrong = refused ?? results.find(one => !one.accepted);
  if (wrong) {
    const { isHard: _, ...result } = wrong;
    return refused === undefined
      ? { ...result, accepted: true }
      : { ...result, message: `${result.message}; until it attests what it should, it gets no configuration` };
  }
  const [first] = results;
  if (first) return { accepted: true, reason: first.reason, message: first.message, policy: first.policy };
  return attested.tpm
    ? { accepted: true, reason: 'Verified', message: 'the quote is right; no policy says what it should measure' }
    : { accepted: true, reason: 'NoTPM', message: 'the device has no TPM: nothing can be verified' };
};

type Judged = Measured & { readonly policy: string };

const judge = (policy: AttestationPolicy, device: ApiObject, attested: Attested): Judged => {
  const { metadata, spec, status } = policy;
  const { name } = metadata;
  const say = (accepted: boolean, reason: string, message: string): Judged => ({
    accepted,
    reason,
    message: `${message} (AttestationPolicy ${name})`,
    policy: name,
  });
  if (!attested.tpm) {
    const isAllowed = spec?.allowWithoutTPM === true;
    const wayOut = isAllowed ? '' : ', and spec.allowWithoutTPM does not let it pass';
    return say(isAllowed, 'NoTPM', `the device has no TPM: nothing can be verified${wayOut}`);
  }
  if (spec?.learnFrom === device.metadata.name)
    return say(true, 'Trusted', 'the device is the one that is learned from');
  const known = [...(spec?.measurements ?? []), ...(status?.learned ?? []).map(one => only(one, spec?.registers))];
  const fitting = known.filter(one => isAbout(one, device, attested));
  const differences = fitting.map(one => differing(one.registers, attested));
  if (differences.some(one => one.length === 0)) return say(true, 'Measured', 'the device measures what it should');
  const [closest] = differences.sort((a, b) => a.length - b.length);
  return closest
    ? say(false, 'OtherMeasurement', `PCR ${closest.join(', ')} ${closest.length === 1 ? 'differs' : 'differ'}`)
    : say(false, 'UnknownMeasurement', 'nothing is known of such a device in these versions');
};

interface Known {
  readonly manufacturer?: string | undefined;
  readonly productName?: string | undefined;
  readonly eveVersion?: string | undefined;
  readonly firmwareVersion?: string | undefined;
  readonly registers: Readonly<Record<string, string>>;
}

/** Of what was learned only the registers that count. */
const only = (known: Known, registers: readonly number[] = usualRegisters): Known => ({
  ...known,
  registers: Object.fromEntries(Object.entries(known.registers).filter(([index]) => registers.includes(Number(index)))),
});

/** Model and versions choose among the measurements; they prove nothing: the device says them itself. */
const isAbout = (known: Known, device: ApiObject, { versions }: Attested): boolean => {
  const { manufacturer, productName } = modelOf(device);
  const fits = (wanted: string | undefined, is: string | undefined) => !wanted || wanted === is;
  return (
    Object.keys(known.registers).length > 0 &&
    fits(known.manufacturer, manufacturer) &&
    fits(known.productName, productName) &&
    fits(known.eveVersion, versions[eveVersion]) &&
    fits(known.firmwareVersion, versions[firmwareVersion])
  );
};

/** `AttestVersionType`. */
export const eveVersion = '1';
export const firmwareVersion = '2';

/** What a Device says that it is. */
export const modelOf = ({ status }: ApiObject): { manufacturer?: string; productName?: string } => {
  const hardware = isMap(status?.['hardware']) ? status['hardware'] : {};
  const { manufacturer, productName } = hardware;
  return {
    ...(typeof manufacturer === 'string' && { manufacturer }),
    ...(typeof productName === 'string' && { productName }),
  };
};

const differing = (registers: Readonly<Record<string, string>>, { pcrs }: Attested): string[] =>
  Object.entries(registers)
    .filter(([index, value]) => pcrs[index]?.toLowerCase() !== value.toLowerCase())
    .map(([index]) => index);
