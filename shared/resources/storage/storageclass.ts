import * as z from 'zod';
import { isEqual } from '../../base/equal.ts';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import { qualifiedNameErrors } from '../../kube/names.ts';
import { ageColumn, defineResource } from '../define.ts';
import { flag, text, textMap, texts } from '../text.ts';
import { checkDatastore } from './datastore.ts';

/** The provisioner whose classes become EVE datastores. */
const eveProvisioner = 'eve';

const defaultClassAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** Whether claims that name no class get this one. */
export const isDefaultClass = (object: ApiObject): boolean =>
  defaultClassAnnotations.some(name => object.metadata.annotations?.[name] === 'true');

const maxParameters = 512;
const maxParameterBytes = 256 * 1024;

export const storageClass = defineResource(
  {
    group: 'storage.k8s.io',
    version: 'v1',
    kind: 'StorageClass',
    plural: 'storageclasses',
    shortNames: ['sc'],
    scope: 'Cluster',
    native: true,
    description:
      'A way to make volumes. With the provisioner `eve` it is where EVE gets content from: nothing at all (blank), a container registry, a server.',
    fields: () => ({
      provisioner: text('Who makes the volumes. Never changes.'),
      parameters: textMap(
        'What the provisioner needs to know; for `eve`: type, URL, path, region, credentialsSecret. Never changes.',
      ),
      reclaimPolicy: z
        .enum(['Delete', 'Retain'])
        .meta({ description: 'What becomes of a volume when its claim goes. Never changes.', default: 'Delete' }),
      mountOptions: texts('Options for mounting volumes of the class.'),
      allowVolumeExpansion: flag('Whether claims may grow.'),
      volumeBindingMode: z
        .enum(['Immediate', 'WaitForFirstConsumer'])
        .meta({ description: 'When volumes are made. Never changes.', default: 'Immediate' }),
      allowedTopologies: z
        .array(
          z
            .object({
              matchLabelExpressions: z
                .array(z.object({ key: text('A label.'), values: texts('Its values; one must match.') }))
                .meta({ description: 'Requirements on labels; all must hold.', 'x-kubernetes-list-type': 'atomic' })
                .optional(),
            })
            .meta({ 'x-kubernetes-map-type': 'atomic' }),
        )
        .meta({ description: 'Where volumes may be made.', 'x-kubernetes-list-type': 'atomic' }),
    }),
    required: ['provisioner'],
  },
  {
    columns: [
      {
        name: 'Name',
        type: 'string',
        format: 'name',
        description: 'Name of the class; the default one says so',
        value: object => `${object.metadata.name}${isDefaultClass(object) ? ' (default)' : ''}`,
      },
      { name: 'Provisioner', type: 'string', description: 'Who makes the volumes', jsonPath: '.provisioner' },
      {
        name: 'ReclaimPolicy',
        type: 'string',
        description: 'What becomes of released volumes',
        jsonPath: '.reclaimPolicy',
      },
      {
        name: 'VolumeBindingMode',
        type: 'string',
        description: 'When volumes are made',
        jsonPath: '.volumeBindingMode',
      },
      {
        name: 'AllowVolumeExpansion',
        type: 'boolean',
        description: 'Whether claims may grow',
        value: object => object.allowVolumeExpansion === true,
      },
      ageColumn,
    ],
    deleteAnswers: 'object',
    async admit(draft, old, { warn }) {
      if (!old && draft.provisioner === eveProvisioner && parametersOf(draft)['type'] === 'ftp')
        warn('parameters[type]: EVE has no plain FTP; devices take nothing from this class. Use sftp, http or https');
    },
    validate: object => [
      ...checkProvisioner(object),
      ...checkParameters(object),
      ...checkTopologies(object),
      ...(object.provisioner === eveProvisioner ? checkDatastore(parametersOf(object), ['parameters']) : []),
    ],
    validateUpdate(now, old) {
      const changed = (field: string) => !isEqual(now[field] ?? {}, old[field] ?? {});
      return ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode', 'allowedTopologies']
        .filter(changed)
        .map(field => cause.invalid(field, now[field] ?? null, 'field is immutable'));
    },
  },
);

// Values were checked to be strings by the schema before any hook sees the object.
const parametersOf = (object: ApiObject) => (object.parameters ?? {}) as Record<string, string>;

const checkProvisioner = (object: ApiObject): Cause[] => {
  const provisioner = object.provisioner;
  // When it is missing the schema says so.
  if (typeof provisioner !== 'string') return [];
  if (provisioner === '') return [cause.required('provisioner')];
  return qualifiedNameErrors(provisioner.toLowerCase()).map(message =>
    cause.invalid('provisioner', provisioner, message),
  );
};

interface Topology {
  readonly matchLabelExpressions?: readonly { readonly key?: string; readonly values?: readonly string[] }[];
}

const checkTopologies = (object: ApiObject): Cause[] => {
  // The shape was checked by the schema.
  const topologies = (object.allowedTopologies ?? []) as readonly Topology[];
  const isAgain = createRepeats();
  return topologies.flatMap(({ matchLabelExpressions = [] }, at) => {
    const path = ['allowedTopologies', at, 'matchLabelExpressions'];
    const term = matchLabelExpressions.map(({ key = '', values = [] }) => [key, [...values].sort()]).sort();
    return [
      ...checkTerm(matchLabelExpressions, path),
      ...(isAgain(JSON.stringify(term)) ? [cause.duplicate(path, '')] : []),
    ];
  });
};

const checkTerm = (expressions: NonNullable<Topology['matchLabelExpressions']>, path: Path): Cause[] => {
  const isAgain = createRepeats();
  return expressions.flatMap(({ key = '', values = [] }, index) => {
    const at = [...path, index];
    const isValueAgain = createRepeats();
    return [
      ...(values.length === 0 ? [cause.required([...at, 'values'])] : []),
      ...values.flatMap((value, i) => (isValueAgain(value) ? [cause.duplicate([...at, 'values', i], value)] : [])),
      ...qualifiedNameErrors(key).map(error => cause.invalid([...at, 'key'], key, error)),
      ...(isAgain(key) ? [cause.duplicate([...at, 'key'], key)] : []),
    ];
  });
};

/** Says of each text whether it was asked about before. */
const createRepeats = () => {
  const seen = new Set<string>();
  return (text: string): boolean => seen.size === seen.add(text).size;
};

const checkParameters = (object: ApiObject): Cause[] => {
  const entries = Object.entries(parametersOf(object));
  const causes: Cause[] = [];
  if (entries.length > maxParameters) causes.push(cause.tooLong('parameters', maxParameters));
  if (entries.some(([key]) => key === '')) causes.push(cause.invalid('parameters', '', 'field can not be empty.'));
  const size = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (size > maxParameterBytes) causes.push(cause.tooLong('parameters', maxParameterBytes));
  return causes;
};
