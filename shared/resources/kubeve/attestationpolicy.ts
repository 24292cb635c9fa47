import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { checkLabelSelector, type LabelSelectorObject } from '../../kube/select/labels.ts';
import { ageColumn, defineResource } from '../define.ts';
import { labelSelector } from '../selector.ts';

const registers = () => z.record(z.string(), z.string()).describe('Register (0 to 15) → its SHA-256 value in hex.');

const about = () => ({
  manufacturer: z.string().optional().describe('Only for devices that report this manufacturer.'),
  productName: z.string().optional().describe('Only for devices that report this product.'),
  eveVersion: z.string().optional().describe('Only for this version of EVE.'),
  firmwareVersion: z.string().optional().describe('Only for this version of the firmware.'),
});

const spec = () =>
  z.object({
    selector: labelSelector('Which Devices of the namespace it is for. Absent: all of them.').optional(),
    mode: z
      .enum(['accept', 'enforce'])
      .optional()
      .describe(
        'accept (default): a quote that does not measure up is told of and passes. enforce: it is refused, and the device gets ' +
          'neither its configuration nor its volume keys before a good one.',
      ),
    registers: z
      .array(z.int().min(0).max(15))
      .max(16)
      .optional()
      .describe('PCRs that learned measurements are compared in. Default 0 to 14 without 5, as EVE seals its vault.'),
    allowWithoutTPM: z
      .boolean()
      .optional()
      .describe('With enforce: devices that have no TPM, and so can prove nothing, pass nevertheless.'),
    allowCertificateChange: z
      .boolean()
      .optional()
      .describe('With enforce: devices may replace the certificates that they told first.'),
    measurements: z
      .array(
        z.object({ name: z.string().max(253).optional().describe('For people.'), ...about(), registers: registers() }),
      )
      .max(256)
      .optional()
      .describe('What good devices measure. One entry has to fit.'),
    learnFrom: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .describe('Name of a Device that is trusted: whatever it attests is good for the others too.'),
  });

const status = () =>
  z.object({
    learned: z
      .array(
        z.object({
          device: z.string().describe('Device that it was learned from.'),
          at: z.string().meta({ format: 'date-time' }).describe('When.'),
          ...about(),
          registers: registers(),
        }),
      )
      .optional()
      .describe('What the trusted Device attested, the last 64.'),
  });

export type AttestationPolicySpec = z.infer<ReturnType<typeof spec>>;
export type AttestationPolicyStatus = z.infer<ReturnType<typeof status>>;
export type AttestationPolicy = ApiObject<AttestationPolicySpec, AttestationPolicyStatus>;

/** What devices have to prove about their boot. */
export const attestationPolicy = defineResource(
  {
    group: 'kubeve.io',
    version: 'v1alpha1',
    kind: 'AttestationPolicy',
    plural: 'attestationpolicies',
    singular: 'attestationpolicy',
    shortNames: ['attpol'],
    categories: ['eve'],
    scope: 'Namespaced',
    description:
      'What Devices have to prove about their boot with a quote of their TPM: measurements that are given, or learned from a Device that is trusted.',
    spec,
    status,
    required: ['spec'],
  },
  {
    columns: [
      { name: 'Mode', type: 'string', value: object => specOf(object).mode ?? 'accept' },
      { name: 'Measurements', type: 'integer', value: object => specOf(object).measurements?.length ?? 0 },
      { name: 'Learned', type: 'integer', value: object => statusOf(object).learned?.length ?? 0 },
      ageColumn,
    ],
    prepareCreate(draft) {
      draft.status = {};
    },
    validate: check,
  },
);

// The registry validates every object against the schemas that these are inferred from.
function specOf(object: ApiObject): AttestationPolicySpec {
  return object.spec as unknown as AttestationPolicySpec;
}

function statusOf(object: ApiObject): AttestationPolicyStatus {
  return (object.status ?? {}) as AttestationPolicyStatus;
}

function check(object: ApiObject): Cause[] {
  const { selector, measurements = [] } = specOf(object);
  return [
    ...(selector ? checkLabelSelector(selector as LabelSelectorObject, ['spec', 'selector']) : []), // operators are checked here
    ...measurements.flatMap((one, at) => checkRegisters(one.registers, ['spec', 'measurements', at, 'registers'])),
  ];
}

const checkRegisters = (values: Readonly<Record<string, string>>, path: (string | number)[]): Cause[] => {
  const entries = Object.entries(values);
  if (entries.length === 0) return [cause.required(path, 'a measurement without registers would fit every device')];
  return entries.flatMap(([index, value]) => {
    if (!/^(\d|1[0-5])$/.test(index))
      return [cause.invalid([...path, { key: index }], index, 'must be a register from 0 to 15')];
    if (!/^[0-9a-fA-F]{64}$/.test(value))
      return [cause.invalid([...path, { key: index }], value, 'must be a SHA-256 value: 64 hexadecimal digits')];
    return [];
  });
};
