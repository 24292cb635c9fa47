import * as z from 'zod';
import { isEqual } from '../../base/equal.ts';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { compareQuantities, toQuantity } from '../../base/quantity.ts';
import { qualifiedNameErrors } from '../../kube/names.ts';
import { quotas } from '../../kube/quota/quota.ts';
import { ageColumn, defineResource } from '../define.ts';
import { typedQuantities } from '../schema.ts';
import { text, texts } from '../text.ts';
import { checkScopes } from './quotascopes.ts';

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
          hard: typedQuantities(
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
          hard: typedQuantities('The limits that are in force.').optional(),
          used: typedQuantities('How much there is.').optional(),
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

/** Counted in whole numbers: objects, and what others have named under a domain of theirs. */
const isWhole = (name: string): boolean =>
  whole.test(name) || (name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.'));

const isHugePages = (name: string): boolean => /^(requests\.)?hugepages-/.test(name);

/** `storage` is a resource, but none that a quota limits under this name. */
const checkPlainName = (name: string, path: string, isBad: boolean): Cause[] => {
  if (standard.has(name)) return [];
  const isResource = isBad || name === 'storage';
  const unknown = cause.invalid(path, name, 'must be a standard resource type or fully qualified');
  return [...(isResource ? [] : [unknown]), cause.invalid(path, name, 'must be a standard resource for quota')];
};

const checkQuantities = (map: unknown, at: string): Cause[] =>
  // The schema says what a map of quantities is.
  Object.entries((map ?? {}) as Quantities).flatMap(([name, value]) => {
    const path = `${at}[${name}]`;
    const causes = qualifiedNameErrors(name).map(error => cause.invalid(path, name, error));
    if (!name.includes('/') && !isHugePages(name)) causes.push(...checkPlainName(name, path, causes.length > 0));
    const amount = toQuantity(value);
    if (compareQuantities(amount, toQuantity(0)) < 0)
      causes.push(cause.invalid(path, value, 'must be greater than or equal to 0'));
    if (isWhole(name) && amount.nano % 1_000_000_000n !== 0n)
      causes.push(cause.invalid(path, value, 'must be an integer'));
    return causes;
  });
