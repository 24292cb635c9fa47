import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import type { AdmitContext } from '../../kube/resource.ts';
import { ageColumn, defineResource } from '../define.ts';
import { checkUnique, eve, nameOf, secretKey } from '../eve/fields.ts';
import { kubeve } from './group.ts';

const artifact = () =>
  z.object({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/)
      .describe('Name of the file that applications get. No two envelopes on one device may have the same.'),
    inline: z.string().max(262_144).optional().describe('The content as text.'),
    base64: z.string().max(349_528).optional().describe('The content in base64.'),
    configMap: secretKey().optional().describe('The content is a value of a ConfigMap.'),
    secret: secretKey().optional().describe('The content is a value of a Secret. It goes to the device encrypted.'),
    image: nameOf('Image').optional().describe('The content of an Image, which the device downloads.'),
    encrypted: z
      .boolean()
      .optional()
      .describe('Whether name and content (of an Image: its place) go to the device encrypted. Always for a Secret.'),
    metadata: z.string().max(65536).optional().describe('What applications are told of it.'),
    metadataSecret: secretKey().optional().describe('The same from a Secret; at least 12 characters.'),
    fileMetadata: z.string().max(65536).optional().describe('What applications are told of the file.'),
  });

const spec = () =>
  z.object({
    version: z.string().max(256).optional().describe('What applications see as the version. Default the generation.'),
    action: z
      .enum(['Activate', 'Store'])
      .optional()
      .describe('Activate (default): applications may fetch it. Store: it only waits on the device.'),
    applications: z
      .array(nameOf('Application'))
      .max(1024)
      .optional()
      .describe('Who may fetch it, beside those that name it in spec.eve.patchEnvelopes.'),
    artifacts: z
      .array(artifact())
      .min(1)
      .max(64)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
      .describe('The files.'),
  });

export type PatchEnvelopeSpec = z.infer<ReturnType<typeof spec>>;
export type PatchEnvelope = ApiObject<PatchEnvelopeSpec>;
export type Artifact = PatchEnvelopeSpec['artifacts'][number];

/** Files for running Applications, which fetch them from the device's metadata server. */
export const patchEnvelope = defineResource(
  {
    ...kubeve,
    kind: 'PatchEnvelope',
    plural: 'patchenvelopes',
    shortNames: ['patch'],
    categories: ['eve'],
    scope: 'Namespaced',
    description:
      'Files for running Applications. They fetch them from http://169.254.169.254/eve/v1/patch/description.json, without a restart.',
    spec,
    required: ['spec'],
  },
  {
    columns: [
      { name: 'Version', type: 'string', jsonPath: '.spec.version' },
      { name: 'Action', type: 'string', value: object => specOf(object).action ?? 'Activate' },
      { name: 'Artifacts', type: 'integer', value: object => specOf(object).artifacts.length },
      ageColumn,
    ],
    validate: check,
    admit: warnOfMissing,
    terms: object =>
      (specOf(object).applications ?? []).map(name => `application=${object.metadata.namespace}/${name}`),
  },
);

// The registry validates every object against the schema that PatchEnvelopeSpec is inferred from.
const specOf = (object: ApiObject): PatchEnvelopeSpec => object.spec as unknown as PatchEnvelopeSpec;

const sources = ['inline', 'base64', 'configMap', 'secret', 'image'] as const;
const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function check(object: ApiObject): Cause[] {
  const { artifacts, applications = [] } = specOf(object);
  return [
    ...checkUnique(applications, ['spec', 'applications'], ''),
    ...artifacts.flatMap((one, at) => checkArtifact(one, ['spec', 'artifacts', at])),
  ];
}

const checkArtifact = (one: Artifact, path: Path): Cause[] => {
  const given = sources.filter(source => one[source] !== undefined);
  const causes: Cause[] = [];
  if (given.length !== 1)
    causes.push(cause.invalid(path, one.name, `must specify one of: ${sources.map(name => `\`${name}\``).join(', ')}`));
  if (one.base64 !== undefined && !base64Form.test(one.base64))
    causes.push(cause.invalid([...path, 'base64'], `${one.base64.slice(0, 40)}…`, 'must be base64'));
  if (one.secret && one.encrypted === false)
    causes.push(cause.invalid([...path, 'encrypted'], false, 'what comes from a Secret is always encrypted'));
  if (one.metadata !== undefined && one.metadataSecret)
    causes.push(cause.forbidden([...path, 'metadataSecret'], 'may not be set together with metadata'));
  return causes;
};

async function warnOfMissing(draft: ApiObject, _old: ApiObject | undefined, context: AdmitContext): Promise<void> {
  const { registry, warn } = context;
  const { namespace } = draft.metadata;
  for (const [at, one] of (specOf(draft)?.artifacts ?? []).entries()) {
    const needed = [
      [eve.group, 'images', 'Image', one.image, 'image'],
      ['', 'secrets', 'Secret', one.secret?.name, 'secret'],
      ['', 'secrets', 'Secret', one.metadataSecret?.name, 'metadataSecret'],
      ['', 'configmaps', 'ConfigMap', one.configMap?.name, 'configMap'],
    ] as const;
    for (const [group, plural, kind, name, field] of needed) {
      if (name === undefined || (await registry.find(registry.catalog.get(group, plural), { namespace, name })))
        continue;
      warn(`spec.artifacts[${at}].${field}: ${kind} "${name}" does not exist yet`);
    }
  }
}
