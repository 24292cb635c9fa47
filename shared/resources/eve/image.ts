import * as z from 'zod';
import { fromUtf8, sha256, toBase64Url } from '../../base/bytes.ts';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import type { AdmitContext } from '../../kube/resource.ts';
import { ageColumn, defineResource } from '../define.ts';
import { conditions } from './conditions.ts';
import { eve, nameOf } from './fields.ts';
import { baseOSType, formatOf, formats } from './imageformat.ts';
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
    customMetadata: z
      .string()
      .max(65536)
      .optional()
      .describe('Free text for applications, told to the device with the content.'),
  });

const status = () =>
  z.object({
    conditions: conditions().optional(),
    content: z
      .string()
      .optional()
      .describe('What it is since it was edited, as one word. Absent: what it was made with.'),
    sha256: z.string().optional().describe('Digest that a device found behind the tag.'),
    sizeBytes: z.int().optional().meta({ format: 'int64' }).describe('Size that a device found.'),
    devices: z
      .array(
        z.object({
          name: z.string().describe('Name of the Device.'),
          state: z.string().optional().describe('How far it is there: DOWNLOAD_STARTED, DELIVERED, …'),
          progress: z.int().optional().describe('Percent of the download.'),
          components: z.int().optional().describe('Number of blobs that it consists of.'),
          error: z.string().optional().describe('What is wrong there.'),
        }),
      )
      .optional()
      .describe('How far the download is, for the devices that reported last (at most 32).'),
  });

export type ImageSpec = z.infer<ReturnType<typeof spec>>;
export type ImageStatus = z.infer<ReturnType<typeof status>>;
export type Image = ApiObject<ImageSpec, ImageStatus>;

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
    spec,
    status,
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
    prepareCreate(draft) {
      draft.status = {};
    },
    prepareUpdate(draft, old, { subresource }) {
      // A spec may still be missing here.
      if (subresource !== undefined || !draft.spec || !old.spec) return;
      const [now, before] = [contentOf(specOf(draft)), contentOf(specOf(old))];
      if (now === before) return;
      // What was said of other content is not true of this one.
      const { sha256: _digest, sizeBytes: _size, devices: _devices, ...kept } = draft.status ?? {};
      draft.status = { ...kept, content: toBase64Url(sha256(fromUtf8(now))).slice(0, 22) };
    },
    validate: check,
    async admit(draft, old, context) {
      if (old?.spec && draft.spec && context.subresource === undefined)
        warnOfContent(specOf(draft), specOf(old), context);
      await warnOfClass(draft, old, context);
    },
    terms(object) {
      const one = specOf(object);
      const { namespace, name, uid = '' } = object.metadata;
      const content = `content=${contentUuid(uid, statusOf(object).content)}`;
      return one.type === baseOSType ? [content, `eve-os=${namespace}/${one.version ?? name}`] : [content];
    },
  },
);

// The registry validates every object against the schema that ImageSpec is inferred from.
const specOf = (object: ApiObject): ImageSpec => object.spec as unknown as ImageSpec;

const statusOf = (object: ApiObject): ImageStatus => (object.status ?? {}) as ImageStatus;

/** What makes two Images the same to a device: the digest, or without one the place, and the format. */
const contentOf = ({ ref, sha256: digest, storageClass, format }: ImageSpec): string =>
  JSON.stringify(
    digest === undefined ? [storageClass, ref, format] : [digest.toLowerCase(), formatOf({ ref, format }, '')],
  );

function check(object: ApiObject): Cause[] {
  const one = specOf(object);
  const path = /(^|\/)\.\.(\/|$)|^[a-z]+:\/\//i.test(one.ref)
    ? [cause.invalid('spec.ref', one.ref, 'must be relative to the StorageClass: without a scheme and without ..')]
    : [];
  return path;
}

/** A disk is made once: applications that have one of the former content keep it. */
function warnOfContent(now: ImageSpec, old: ImageSpec, { warn }: AdmitContext): void {
  if (contentOf(now) !== contentOf(old))
    warn(
      'spec: what was made from the former content keeps it until its spec.eve.purge.counter is raised; what could not be downloaded is tried anew',
    );
}

async function warnOfClass(draft: ApiObject, _old: ApiObject | undefined, context: AdmitContext): Promise<void> {
  const { registry, warn } = context;
  const { storageClass, alternatives = [], sha256: digest } = specOf(draft) ?? {};
  const typeIn = async (field: string, name: string | undefined): Promise<string | undefined> => {
    if (!name) return undefined;
    const found = await registry.find(registry.catalog.get('storage.k8s.io', 'storageclasses'), { name });
    if (!found) warn(`${field}: StorageClass "${name}" does not exist yet`);
    return found && typeOf(found);
  };
  const type = await typeIn('spec.storageClass', storageClass);
  if (type === 'container' && alternatives.length > 0)
    warn(`spec.alternatives: are not used: StorageClass "${storageClass}" ${oneRegistry}`);
  if (type === 'container') return;
  if (type !== undefined && !digest)
    warn(`spec.sha256: devices refuse content without a digest from StorageClass "${storageClass}"`);
  for (const [at, name] of alternatives.entries())
    if ((await typeIn(`spec.alternatives[${at}]`, name)) === 'container')
      warn(`spec.alternatives[${at}]: is not used: StorageClass "${name}" ${noAlternative}`);
}

/** What a device knows of a container registry (reference §6.7), to be said of one. */
export const oneRegistry = 'is a container registry, and devices know no other place for what comes from one';
export const noAlternative = 'is a container registry, which is no other place for what comes from elsewhere';

const typeOf = (storageClass: ApiObject): string => {
  const parameters = storageClass['parameters'];
  // Parameters of a StorageClass are a map of strings by its schema.
  const type =
    parameters && typeof parameters === 'object' ? (parameters as Record<string, unknown>)['type'] : undefined;
  return typeof type === 'string' ? type : '';
};
