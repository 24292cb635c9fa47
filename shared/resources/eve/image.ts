import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import type { AdmitContext } from '../../kube/resource.ts';
import { ageColumn, defineResource } from '../define.ts';
import { conditions } from './conditions.ts';
import { eve, nameOf } from './fields.ts';
import { baseOSType, formats } from './imageformat.ts';
import { contentUuid } from './roles.ts';

const spec = () =>
  z.object({
    ref: z
      .string()
      .min(1)
      .max(2048)
      .describe('Where it is within the store: repository:tag or repository@digest, a path, an object key.'),
    storageClass: nameOf('StorageClass').describe('Name of the StorageClass that says where images are fetched.'),
    alternatives: z
      .array(z.string().min(1))
      .max(16)
      .optional()
      .describe('Further StorageClasses with the same content, tried in order. Not for container registries.'),
    type: z.string().max(63).optional().describe('Free text; eve-os is reserved for images of EVE itself.'),
    version: z
      .string()
      .max(256)
      .optional()
      .describe('For type eve-os: the version inside the image. Default the name of the Image.'),
    format: z
      .enum(formats)
      .optional()
      .describe('Default: CONTAINER from a registry, else by the ending of ref, else RAW.'),
    sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/)
      .optional()
      .describe('Digest of the content. Required unless it comes from a container registry.'),
    sizeBytes: z.int().min(0).optional().meta({ format: 'int64' }).describe('Size of the download, or more.'),
    architecture: z.string().max(63).optional().describe('amd64, arm64, riscv64; empty: any.'),
    generation: z
      .int()
      .min(0)
      .optional()
      .meta({ format: 'int64' })
      .describe('Raise it to make devices look up a tag again.'),
    customMetadata: z.string().max(65536).optional(),
  });

const status = () =>
  z.object({
    conditions: conditions().optional(),
    sha256: z.string().optional().describe('Digest that a device found behind the tag.'),
    sizeBytes: z.int().optional().meta({ format: 'int64' }),
    devices: z
      .array(
        z.object({
          name: z.string(),
          state: z.string().optional(),
          progress: z.int().optional(),
          components: z.int().optional(),
          error: z.string().optional(),
        }),
      )
      .optional()
      .describe('How far the download is, for the devices that reported last (at most 32).'),
  });

export type ImageSpec = z.infer<ReturnType<typeof spec>>;
export type Image = ApiObject<ImageSpec, z.infer<ReturnType<typeof status>>>;

/** Content that devices download: a disk, a container, or EVE itself. */
export const image = defineResource(
  {
    ...eve,
    kind: 'Image',
    plural: 'images',
    shortNames: ['img'],
    categories: ['eve'],
    scope: 'Namespaced',
    description: 'Content that devices download: the disk of a VM, a container, or a version of EVE itself.',
    spec: spec(),
    status: status(),
    required: ['spec'],
  },
  {
    columns: [
      { name: 'Ref', type: 'string', jsonPath: '.spec.ref' },
      { name: 'StorageClass', type: 'string', jsonPath: '.spec.storageClass' },
      { name: 'Type', type: 'string', jsonPath: '.spec.type' },
      ageColumn,
      { name: 'SHA256', type: 'string', priority: 1, jsonPath: '.spec.sha256' },
    ],
    selectable: ['spec.storageClass', 'spec.type'],
    validate: check,
    async admit(draft, old, context) {
      if (old?.spec && draft.spec && context.subresource === undefined)
        warnOfContent(specOf(draft), specOf(old), context);
      await warnOfClass(draft, old, context);
    },
    terms(object) {
      const one = specOf(object);
      const { namespace, name, uid = '' } = object.metadata;
      const content = `content=${contentUuid(uid)}`;
      return one.type === baseOSType ? [content, `eve-os=${namespace}/${one.version ?? name}`] : [content];
    },
  },
);

// The registry validates every object against the schema that ImageSpec is inferred from.
const specOf = (object: ApiObject): ImageSpec => object.spec as unknown as ImageSpec;

function check(object: ApiObject): Cause[] {
  const one = specOf(object);
  const path = /(^|\/)\.\.(\/|$)|^[a-z]+:\/\//i.test(one.ref)
    ? [cause.invalid('spec.ref', one.ref, 'must be relative to the StorageClass: without a scheme and without ..')]
    : [];
  return path;
}

/** Content is known to devices by its Image: they do not fetch it again because it is said to be another one. */
function warnOfContent(now: ImageSpec, old: ImageSpec, { warn }: AdmitContext): void {
  if ((now.generation ?? 0) > (old.generation ?? 0)) return;
  const fields = ['ref', 'sha256', 'storageClass', 'format'] as const;
  for (const field of fields)
    if (now[field] !== old[field])
      warn(
        `spec.${field}: devices that have this Image keep what they have; make another Image, or raise spec.generation`,
      );
}

async function warnOfClass(draft: ApiObject, _old: ApiObject | undefined, context: AdmitContext): Promise<void> {
  const { registry, warn } = context;
  const one = specOf(draft);
  for (const name of [one?.storageClass, ...(one?.alternatives ?? [])]) {
    if (!name) continue;
    const found = await registry.find(registry.catalog.get('storage.k8s.io', 'storageclasses'), { name });
    if (!found) warn(`spec.storageClass: StorageClass "${name}" does not exist yet`);
    else if (!one.sha256 && isBlind(found))
      warn(`spec.sha256: devices refuse content without a digest from StorageClass "${name}"`);
  }
}

const isBlind = (storageClass: ApiObject): boolean => {
  const parameters = storageClass['parameters'];
  // Parameters of a StorageClass are a map of strings by its schema.
  const type =
    parameters && typeof parameters === 'object' ? (parameters as Record<string, unknown>)['type'] : undefined;
  return type !== 'container';
};
