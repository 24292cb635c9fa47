import * as z from 'zod';
import { isEqual } from '../../base/equal.ts';
import type { ApiObject } from '../../base/object.ts';
import { parseQuantity, toBytes } from '../../base/quantity.ts';
import type { AdmitContext } from '../../kube/resource.ts';
import { ageColumn, defineResource } from '../define.ts';
import { claimUuid } from '../eve/roles.ts';
import { typedQuantities } from '../schema.ts';
import { labelSelector } from '../selector.ts';
import { isDefaultClass } from '../storage/storageclass.ts';
import { text, textMap } from '../text.ts';
import { time } from '../time.ts';
import { type ClaimSpec, type ClaimStatus, checkClaim, checkClaimUpdate } from './claim.ts';
import { checkVolume, checkVolumeUpdate, generationOf } from './claimvolume.ts';

/** Keeps a claim while something uses it; a controller takes it away when nothing does any longer. */
const claimProtection = 'kubernetes.io/pvc-protection';

const accessModes = () =>
  z.array(z.string()).meta({
    description: 'How the volume may be mounted: ReadWriteOnce, ReadOnlyMany, ReadWriteMany or ReadWriteOncePod.',
    'x-kubernetes-list-type': 'atomic',
  });

const source = () => ({
  kind: text('Kind of the source, such as Image; case does not matter.'),
  name: text('Name of the source.'),
});

const spec = () =>
  z
    .object({
      accessModes: accessModes().optional(),
      selector: labelSelector('Chooses among volumes that exist already.').optional(),
      resources: z
        .object({
          limits: typedQuantities('The most the volume may have.').optional(),
          requests: typedQuantities('The least the volume must have; `storage` is its size.').optional(),
        })
        .meta({ description: 'How big the volume is.' })
        .optional(),
      volumeName: text('The volume that the claim is bound to.').optional(),
      storageClassName: text('The StorageClass. Absent: the default class; empty: none.').optional(),
      volumeMode: text('Filesystem (default) or Block.').optional(),
      dataSource: z
        .object({ apiGroup: text('API group of the source.').optional(), ...source() })
        .meta({
          description: 'What the volume is filled with at first; dataSourceRef says the same and more.',
          'x-kubernetes-map-type': 'atomic',
        })
        .optional(),
      dataSourceRef: z
        .object({
          apiGroup: text(
            'API group of the source, such as eve.lfedge.org; a version may follow after a slash.',
          ).optional(),
          group: text("The same as apiGroup, under the name that EVE's API uses.").optional(),
          ...source(),
          namespace: text('Namespace of the source, when it is another one.').optional(),
        })
        .meta({ description: 'What the volume is filled with at first: an Image, or nothing for a blank volume.' })
        .optional(),
      volumeAttributesClassName: text('The VolumeAttributesClass; kept, not interpreted.').optional(),
    })
    .meta({ description: 'The volume that is wanted.' });

const status = () =>
  z
    .object({
      phase: text('Pending, Bound or Lost.').optional(),
      accessModes: accessModes().optional(),
      capacity: typedQuantities('What the volume really has.').optional(),
      conditions: z
        .array(
          z.object({
            type: text('What the condition says something about.'),
            status: text('True, False or Unknown.'),
            lastProbeTime: time('When it was last looked at.').optional(),
            lastTransitionTime: time('When the status last changed.').optional(),
            reason: text('Why, in one word for programs.').optional(),
            message: text('Why, for people.').optional(),
          }),
        )
        .meta({
          description: 'What is known of the volume now.',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['type'],
          'x-kubernetes-patch-strategy': 'merge',
          'x-kubernetes-patch-merge-key': 'type',
        })
        .optional(),
      allocatedResources: typedQuantities('What is being made available while the volume grows.').optional(),
      allocatedResourceStatuses: textMap('How far the growing is.')
        .meta({ 'x-kubernetes-map-type': 'granular' })
        .optional(),
      currentVolumeAttributesClassName: text('The VolumeAttributesClass in effect.').optional(),
      modifyVolumeStatus: z
        .object({
          targetVolumeAttributesClassName: text('The class being changed to.').optional(),
          status: text('Pending, InProgress or Infeasible.'),
        })
        .meta({ description: 'A change of class under way.' })
        .optional(),
    })
    .meta({ description: 'The volume that there is.' });

export const persistentVolumeClaim = defineResource(
  {
    version: 'v1',
    kind: 'PersistentVolumeClaim',
    plural: 'persistentvolumeclaims',
    shortNames: ['pvc'],
    scope: 'Namespaced',
    native: true,
    description:
      'A volume for Applications to mount. With a class of the provisioner `eve` it becomes a volume on the device where the Application runs, and stays there until the claim is deleted.',
    spec,
    status,
  },
  {
    columns: [
      { name: 'Status', type: 'string', description: 'Whether the claim has its volume', value: phaseOf },
      { name: 'Volume', type: 'string', description: 'The volume', jsonPath: '.spec.volumeName' },
      {
        name: 'Capacity',
        type: 'string',
        description: 'What the volume has',
        value: object => (specOf(object).volumeName ? (statusOf(object).capacity?.storage?.toString() ?? '') : ''),
      },
      {
        name: 'Access Modes',
        type: 'string',
        description: 'How the volume may be mounted',
        value: object => shortModes(statusOf(object).accessModes ?? []),
      },
      {
        name: 'StorageClass',
        type: 'string',
        description: 'The class of the volume',
        value: object => specOf(object).storageClassName ?? '',
      },
      {
        name: 'VolumeAttributesClass',
        type: 'string',
        description: 'The VolumeAttributesClass of the volume',
        value: object => specOf(object).volumeAttributesClassName ?? '<unset>',
      },
      ageColumn,
      {
        name: 'VolumeMode',
        type: 'string',
        description: 'Filesystem or Block',
        priority: 1,
        jsonPath: '.spec.volumeMode',
      },
    ],
    hasGeneration: false,
    deleteAnswers: 'object',
    /** How reports about the volume that it became find it. */
    terms: ({ metadata: { uid } }) => (uid === undefined ? [] : [`volume=${claimUuid(uid)}`]),
    countedAs: 'persistentvolumeclaims',
    usage(object) {
      const { storageClassName, resources } = specOf(object);
      const size = resources?.requests?.storage;
      if (size === undefined) return {};
      const usage = { 'requests.storage': String(size) };
      if (!storageClassName) return usage;
      const ofClass = `${storageClassName}.storageclass.storage.k8s.io`;
      return { ...usage, [`${ofClass}/requests.storage`]: String(size), [`${ofClass}/persistentvolumeclaims`]: '1' };
    },

    defaults(draft) {
      if (draft.spec) draft.spec = { ...draft.spec, volumeMode: draft.spec.volumeMode || 'Filesystem' };
    },
    prepareCreate(draft) {
      complete(draft);
      draft.status = { phase: 'Pending' };
      const { finalizers = [] } = draft.metadata;
      if (!finalizers.includes(claimProtection)) draft.metadata.finalizers = [...finalizers, claimProtection];
    },
    prepareUpdate(draft, _old, { subresource }) {
      if (subresource === undefined) complete(draft);
    },
    async admit(draft, old, context) {
      warnOfFractions(draft, context);
      if (!old && draft.spec && specOf(draft).storageClassName === undefined) await setDefaultClass(draft, context);
      if (context.subresource === undefined) for (const text of warningsOf(draft, old)) context.warn(text);
    },
    validate: object => [...checkClaim(specOf(object)), ...checkVolume(object)],
    validateUpdate: (now, old) => [
      ...checkClaimUpdate(specOf(now), specOf(old), statusOf(now)),
      ...checkVolumeUpdate(now, old),
    ],
  },
);

// Shapes were checked by the schema before any hook sees the object; values were not.
function specOf(object: ApiObject): ClaimSpec {
  return (object.spec ?? {}) as ClaimSpec;
}

function statusOf(object: ApiObject): ClaimStatus {
  return (object.status ?? {}) as ClaimStatus;
}

/** What people may expect of a claim, and devices do not do. */
const warningsOf = (draft: ApiObject, old: ApiObject | undefined): string[] => {
  const [now, before] = [specOf(draft), old && specOf(old)];
  const texts: string[] = [];
  if (now.selector && !before) texts.push('spec.selector: has no effect: a volume is made for each claim');
  const isMade = old !== undefined && statusOf(old).phase === 'Bound' && generationOf(draft) === generationOf(old);
  if (isMade && !isEqual(now.resources?.requests, before?.resources?.requests))
    texts.push(
      'spec.resources.requests[storage]: the volume keeps its size until the annotation kubeve.io/volume-generation rises, which makes it anew, empty of its data',
    );
  return texts;
};

/** The two ways of naming the source brought into agreement. */
const complete = (draft: ApiObject): void => {
  if (!draft.spec) return;
  const old = specOf(draft);
  const { dataSource, dataSourceRef } = old;
  const next: ClaimSpec = { ...old };
  if (dataSource && !dataSourceRef) next.dataSourceRef = dataSource;
  if (dataSourceRef && !dataSource && !dataSourceRef.namespace && !dataSourceRef.group) next.dataSource = dataSourceRef;
  // A spec of known shape is a JSON map.
  draft.spec = next as NonNullable<ApiObject['spec']>;
};

/** Sizes are whole bytes; what is asked for beyond is rounded up by who makes the volume. */
const warnOfFractions = (draft: ApiObject, { warn }: AdmitContext): void => {
  const size = specOf(draft).resources?.requests?.storage;
  const parsed = size === undefined ? undefined : parseQuantity(size);
  if (parsed && toBytes(parsed) * 1_000_000_000n !== parsed.nano)
    warn(
      `spec.resources.requests[storage]: fractional byte value ${JSON.stringify(size)} is invalid, must be an integer`,
    );
};

/** A claim that names no class gets the default one; of several the newest (kubernetes-api reference §2.4). */
const setDefaultClass = async (draft: ApiObject, { registry }: AdmitContext): Promise<void> => {
  const classes = await registry.list(registry.catalog.get('storage.k8s.io', 'storageclasses'));
  const [chosen] = classes.items.filter(isDefaultClass).sort(newestFirst);
  if (chosen) draft.spec = { ...draft.spec, storageClassName: chosen.metadata.name };
};

const newestFirst = (a: ApiObject, b: ApiObject): number => {
  const [older, newer] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (older !== newer) return older < newer ? 1 : -1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
};

function phaseOf(object: ApiObject): string {
  return object.metadata.deletionTimestamp ? 'Terminating' : (statusOf(object).phase ?? '');
}

const short: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

const shortModes = (modes: readonly string[]): string => [...new Set(modes)].map(mode => short[mode] ?? mode).join(',');
