import * as z from 'zod';
import { isEqual } from '../../base/equal.ts';
import { type Cause, Fault } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { compareQuantities, parseQuantity, printQuantity, toQuantity } from '../../base/quantity.ts';
import { qualifiedNameErrors } from '../../kube/names.ts';
import { quotas } from '../../kube/quota/quota.ts';
import { ageColumn, defineResource } from '../define.ts';
import { quantity } from '../schema.ts';
import { text, texts } from '../text.ts';

const quantities = (description: string) => z.record(z.string(), quantity()).meta({ description });

type Quantities = Readonly<Record<string, string | number>>;

/** How much a namespace may hold (kubernetes-api reference §2). */
export const resourceQuota = defineResource(
  {
    version: 'v1',
    kind: 'ResourceQuota',
    plural: quotas.plural,
    shortNames: ['quota'],
    scope: 'Namespaced',
    native: true,
    description: 'How much a namespace may hold: numbers of objects, and the size of volumes.',
    spec: () =>
      z
        .object({
          hard: quantities(
            'The most of each: `count/devices.eve.lfedge.org` and the like, `configmaps`, `secrets`, `persistentvolumeclaims`, `services`, `resourcequotas`, `requests.storage`.',
          ).optional(),
          scopes: texts('Narrows the quota to some Pods: it holds for nothing else then.').optional(),
          scopeSelector: z
            .object({
              matchExpressions: z
                .array(
                  z.object({
                    scopeName: text('Name of the scope.'),
                    operator: text('In, NotIn, Exists or DoesNotExist.'),
                    values: texts('What it is compared with.').optional(),
                  }),
                )
                .meta({ description: 'All must hold.', 'x-kubernetes-list-type': 'atomic' })
                .optional(),
            })
            .meta({ description: 'The same, chosen by expressions.', 'x-kubernetes-map-type': 'atomic' })
            .optional(),
        })
        .meta({ description: 'What is limited.' }),
    status: () =>
      z
        .object({
          hard: quantities('The limits that are in force.').optional(),
          used: quantities('How much there is.').optional(),
        })
        .meta({ description: 'What is used.' }),
  },
  {
    columns: [
      {
        name: 'Request',
        type: 'string',
        description: 'What is used, and what may be',
        value: object => show(object, name => !name.startsWith('limits.')),
      },
      {
        name: 'Limit',
        type: 'string',
        description: 'The same of limits',
        value: object => show(object, name => name.startsWith('limits.')),
      },
      ageColumn,
    ],
    hasGeneration: false,
    deleteAnswers: 'object',
    countedAs: 'resourcequotas',

    prepareCreate(draft) {
      complete(draft);
    },
    prepareUpdate(draft) {
      complete(draft);
    },
    validate: object => [...checkQuantities(object.spec?.hard, 'spec.hard'), ...checkScopes(object)],
    validateUpdate: (now, old) =>
      isEqual(now.spec?.scopes, old.spec?.scopes)
        ? []
        : [cause.invalid('spec.scopes', now.spec?.scopes ?? [], 'field is immutable')],
    validateStatus: now => [
      ...checkQuantities(now.status?.hard, 'status.hard'),
      ...checkQuantities(now.status?.used, 'status.used'),
    ],
  },
);

const show = ({ status }: ApiObject, isShown: (name: string) => boolean): string => {
  // Stored statuses were shaped by the schema.
  const [hard, used] = [(status?.hard ?? {}) as Quantities, (status?.used ?? {}) as Quantities];
  return Object.keys(hard)
    .filter(isShown)
    .sort()
    .map(name => `${name}: ${used[name] ?? 0}/${hard[name]}`)
    .join(', ');
};

/** Quantities in their canonical form, as every client sees them. */
const complete = (draft: ApiObject): void => {
  // The schema says what a map of quantities is.
  for (const part of [draft.spec, draft.status])
    for (const field of ['hard', 'used'])
      if (part?.[field] !== undefined) part[field] = toCanonical(part[field] as Quantities);
};

const toCanonical = (map: Quantities): Record<string, string> =>
  Object.fromEntries(
    Object.entries(map).map(([name, value]) => {
      const parsed = parseQuantity(value);
      if (parsed) return [name, printQuantity(parsed)];
      throw new Fault(
        'BadRequest',
        'ResourceQuota in version "v1" cannot be handled as a ResourceQuota: ' +
          "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      );
    }),
  );

/** Names without a domain that upstream knows; objects are counted under `count/…` besides. */
const standard = new Set(
  (
    'cpu memory ephemeral-storage requests.cpu requests.memory requests.storage requests.ephemeral-storage limits.cpu ' +
    'limits.memory limits.ephemeral-storage pods resourcequotas services replicationcontrollers secrets ' +
    'persistentvolumeclaims configmaps services.nodeports services.loadbalancers'
  ).split(' '),
);
const whole =
  /^(count\/.*|pods|resourcequotas|services|replicationcontrollers|secrets|persistentvolumeclaims|configmaps|services\.(nodeports|loadbalancers))$/;

const checkQuantities = (map: unknown, at: string): Cause[] =>
  // The schema says what a map of quantities is.
  Object.entries((map ?? {}) as Quantities).flatMap(([name, value]) => {
    const path = `${at}[${name}]`;
    const causes = qualifiedNameErrors(name).map(error => cause.invalid(path, name, error));
    if (!name.includes('/') && !standard.has(name))
      causes.push(cause.invalid(path, name, 'must be a standard resource for quota'));
    const amount = toQuantity(value);
    if (compareQuantities(amount, toQuantity(0)) < 0)
      causes.push(cause.invalid(path, value, 'must be greater than or equal to 0'));
    if (whole.test(name) && amount.nano % 1_000_000_000n !== 0n)
      causes.push(cause.invalid(path, value, 'must be an integer'));
    return causes;
  });

const scopes = [
  'BestEffort',
  'CrossNamespacePodAffinity',
  'NotBestEffort',
  'NotTerminating',
  'PriorityClass',
  'Terminating',
  'VolumeAttributesClass',
];

const checkScopes = ({ spec }: ApiObject): Cause[] => {
  const asked = Array.isArray(spec?.scopes) ? spec.scopes : [];
  return asked
    .filter(scope => typeof scope !== 'string' || !scopes.includes(scope))
    .map(() => cause.invalid(['spec', 'scopes'], asked, 'unsupported scope'));
};
