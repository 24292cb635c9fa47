import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import type { AdmitContext } from '../../kube/resource.ts';
import { ageColumn, defineResource } from '../define.ts';
import { kubeve } from '../kubeve/group.ts';
import { checkApplicationSpec } from './applicationcheck.ts';
import { type ApplicationSpec, applicationSpec } from './applicationspec.ts';
import { conditions } from './conditions.ts';
import { eve } from './fields.ts';
import { ineffective } from './ineffective.ts';
import { checkNetworks, networksAnnotation, parseNetworks } from './networks.ts';
import { checkRising } from './rising.ts';
import { instanceUuid } from './roles.ts';
import { lateChanges } from './takeseffect.ts';
import { unmadeVolumes } from './unmade.ts';
import { unready } from './unready.ts';

const text = () => z.string().optional();
const time = () => z.string().meta({ format: 'date-time' });
const states = () =>
  z
    .array(
      z.object({
        state: z.string().describe('By the names of EVE.'),
        timestamp: time().describe('When it came into it.'),
      }),
    )
    .optional();

const status = () =>
  z.object({
    device: text().describe('Name of the Device that it is bound to.'),
    deviceUID: text().describe('uid of that Device.'),
    uuid: text().describe('UUID of the instance towards EVE.'),
    state: text().describe(
      'Current state, by the names of EVE: BOOTING, RUNNING, HALTED, …; of several containers that of the first that is not RUNNING.',
    ),
    statuses: states().describe('States that it went through, oldest first, the last 32.'),
    conditions: conditions().optional(),
    version: text().describe('Generation of the spec that the device runs.'),
    observedGeneration: z
      .int()
      .optional()
      .meta({ format: 'int64' })
      .describe('Generation of the spec that the device has taken up, with all containers.'),
    startTime: time().optional().describe('When it booted.'),
    addresses: z.array(z.string()).optional().describe('Its addresses on all interfaces.'),
    interfaces: z
      .array(
        z.object({
          name: text(),
          mac: text(),
          addresses: z.array(z.string()).optional(),
          routers: z.array(z.string()).optional(),
          dns: z.array(z.string()).optional(),
          dnsDomain: text(),
          ntp: z.array(z.string()).optional(),
          up: z.boolean().optional(),
          addressMismatch: z.boolean().optional(),
          error: text(),
        }),
      )
      .optional()
      .describe('Its network interfaces, as the device tells of them.'),
    instances: z
      .array(
        z.object({
          name: z.string(),
          uuid: text(),
          state: text(),
          statuses: states().describe('States that it went through, oldest first, the last 16.'),
          version: text(),
          error: text(),
        }),
      )
      .optional()
      .describe('Every container that the device spoke of, when there is more than one.'),
    volumes: z
      .array(
        z.object({
          name: text(),
          uuid: text(),
          state: text(),
          progress: z.int().optional(),
          sizeBytes: z.int().optional().meta({ format: 'int64' }),
          maxSizeBytes: z.int().optional().meta({ format: 'int64' }),
          generation: z.int().optional().meta({ format: 'int64' }),
          createdAt: time().optional(),
          users: z.int().optional(),
          error: text(),
        }),
      )
      .optional()
      .describe('Its volumes, as the device tells of them.'),
    snapshots: z
      .array(
        z.object({
          id: text(),
          config: text(),
          version: text(),
          type: text(),
          createdAt: time().optional(),
          error: text(),
        }),
      )
      .optional()
      .describe('Its snapshots.'),
    adapters: z.array(z.string()).optional().describe('I/O of the device that it has.'),
    volumeRefs: z.array(z.string()).optional().describe('UUIDs of its volumes.'),
    clusterRunning: z.boolean().optional().describe('Whether the node that tells of it runs it.'),
    node: text().describe('On a DeviceCluster: Device that runs it now. Everything here is what that node says.'),
    nodeSeen: time().optional().describe('When that node last said so.'),
    customStatus: text().describe('What the application says of itself to the device.'),
    errors: z.array(z.string()).optional().describe('What the device says is wrong.'),
  });

export type ApplicationStatus = z.infer<ReturnType<typeof status>>;
export type Application = ApiObject<ApplicationSpec, ApplicationStatus>;

/** The intent to run one instance of something on one Device. */
export const application = defineResource(
  {
    ...eve,
    kind: 'Application',
    plural: 'applications',
    shortNames: ['app'],
    categories: ['all', 'eve'],
    scope: 'Namespaced',
    description: 'Something to run on one Device: virtual machines or containers with their networks and volumes.',
    spec: applicationSpec,
    status,
    required: ['spec'],
  },
  {
    columns: [
      { name: 'Device', type: 'string', value: object => placeOf(object), description: 'Where it runs.' },
      { name: 'State', type: 'string', value: object => stateOf(object), description: 'State by the names of EVE.' },
      { name: 'Ready', type: 'string', value: object => readyOf(object) },
      { name: 'Address', type: 'string', value: object => (object as Application).status?.addresses?.[0] },
      ageColumn,
      { name: 'UUID', type: 'string', priority: 1, jsonPath: '.status.uuid' },
      { name: 'Image', type: 'string', priority: 1, jsonPath: '.spec.containers[0].image' },
    ],
    selectable: ['status.device', 'status.state'],
    prepareCreate(draft) {
      const message = 'The application was not started yet.';
      draft.status = { conditions: unready(draft, { status: 'False', reason: 'NotStarted', message }) };
    },
    validate: object => [...checkApplicationSpec(specOf(object), ['spec']), ...checkNetworks(object.metadata)],
    validateUpdate: (now, old) => [
      ...checkRising(now, old, counters),
      ...checkVault(now, old),
      ...checkFirst(now, old),
    ],
    async admit(draft, old, context) {
      // What is required may still be missing here.
      const isWhole = Array.isArray(draft.spec?.['containers']) && context.subresource === undefined;
      if (isWhole) for (const text of ineffective(specOf(draft), 'spec')) context.warn(text);
      if (isWhole && old?.status?.['device']) for (const text of lateOf(draft, old)) context.warn(text);
      await warnOfMissing(draft, context);
    },
    terms(object) {
      const device = object.status?.['device'];
      const { namespace } = object.metadata;
      const claims = (specOf(object).volumes ?? []).flatMap(
        ({ persistentVolumeClaim: claim }) => claim?.claimName ?? [],
      );
      const terms = claims.map(claim => `claim=${namespace}/${claim}`);
      for (const [at, { name }] of specOf(object).containers.entries())
        terms.push(`instance=${instanceUuid(object.metadata.uid ?? '', at, name)}`);
      if (typeof device === 'string' && device !== '') terms.push(`device=${namespace}/${device}`);
      const cluster = specOf(object).eve?.cluster;
      if (cluster) terms.push(`cluster=${namespace}/${cluster}`);
      return terms;
    },
    // Written through the status schema only.
    inputs: ({ status }) => [status?.['device'] ?? null, ...unmadeVolumes(status as ApplicationStatus | undefined)],
  },
);

/** What comes late of a change, networks that the annotation names included. */
const lateOf = (draft: ApiObject, old: ApiObject): string[] => {
  const [now, before] = [draft, old].map(({ metadata }) => metadata.annotations?.[networksAnnotation] ?? '');
  return lateChanges(specOf(draft), specOf(old), now === before ? [] : [`metadata.annotations[${networksAnnotation}]`]);
};

const counters = [
  ['eve', 'restart'],
  ['eve', 'purge'],
  ['eve', 'snapshots', 'rollback'],
];

/** Where volumes stand is decided when they are made. */
const checkVault = (now: ApiObject, old: ApiObject): Cause[] => {
  const [next, former] = [specOf(now).eve?.clearText ?? false, specOf(old).eve?.clearText ?? false];
  return next === former ? [] : [cause.invalid('spec.eve.clearText', next, 'field is immutable')];
};

/** The first container is known by its place, to devices as well: another one there would find its disk. */
const checkFirst = (now: ApiObject, old: ApiObject): Cause[] => {
  const [next, former] = [now, old].map(one => specOf(one).containers.map(({ name }) => name));
  const [first = ''] = next ?? [];
  const [before = ''] = former ?? [];
  const isMoved = first !== before && (former?.includes(first) || next?.includes(before));
  return isMoved ? [cause.invalid('spec.containers[0].name', first, `must stay "${before}", the first`)] : [];
};

// The registry validates every object against the schema that ApplicationSpec is inferred from.
const specOf = (object: ApiObject): ApplicationSpec => object.spec as unknown as ApplicationSpec;

const placeOf = ({ status }: ApiObject): string | undefined => {
  const place = status?.['node'] ?? status?.['device'];
  return typeof place === 'string' ? place : undefined;
};

const stateOf = (object: ApiObject): string => {
  const state = object.status?.['state'];
  if (typeof state === 'string') return state;
  return object.status?.['device'] ? 'INITIAL' : 'Unscheduled';
};

const readyOf = (object: ApiObject): string =>
  // Written through the status schema only.
  (object as unknown as Application).status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'False';

/** Objects that an Application needs and that are not there yet: the order of creation does not matter, so it warns. */
const warnOfMissing = async (draft: ApiObject, { registry, warn }: AdmitContext): Promise<void> => {
  const namespace = draft.metadata.namespace;
  const spec = specOf(draft);
  if (!Array.isArray(spec?.containers)) return;
  const missing = async (group: string, plural: string, kind: string, name: string | undefined, path: string) => {
    if (!name) return;
    const found = await registry.find(registry.catalog.get(group, plural), { namespace, name });
    if (!found) warn(`${path}: ${kind} "${name}" does not exist yet`);
  };
  for (const [at, { image }] of spec.containers.entries())
    await missing(eve.group, 'images', 'Image', image, `spec.containers[${at}].image`);
  for (const [at, one] of (spec.volumes ?? []).entries()) {
    const claim = one.persistentVolumeClaim?.claimName;
    await missing(
      '',
      'persistentvolumeclaims',
      'PersistentVolumeClaim',
      claim,
      `spec.volumes[${at}].persistentVolumeClaim.claimName`,
    );
  }
  for (const [at, name] of (spec.eve?.patchEnvelopes ?? []).entries())
    await missing(kubeve.group, 'patchenvelopes', 'PatchEnvelope', name, `spec.eve.patchEnvelopes[${at}]`);
  await missing(kubeve.group, 'deviceclusters', 'DeviceCluster', spec.eve?.cluster, 'spec.eve.cluster');
  const networks = parseNetworks(draft.metadata.annotations?.[networksAnnotation]);
  if (typeof networks === 'string') return;
  for (const one of networks)
    if ((one.namespace ?? namespace) === namespace)
      await missing(
        eve.group,
        'devicenetworks',
        'DeviceNetwork',
        one.name,
        `metadata.annotations[${networksAnnotation}]`,
      );
    else
      warn(
        `metadata.annotations[${networksAnnotation}]: "${one.namespace}/${one.name}" is in another namespace; devices have only networks of their own`,
      );
};
