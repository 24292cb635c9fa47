import { Fault } from '../base/fault.ts';
import { parseJson, printJson } from '../base/json.ts';
import type { ApiObject, Json, JsonMap, ObjectRef } from '../base/object.ts';
import { isMap } from '../base/own.ts';
import { parseYaml } from '../base/yaml.ts';
import type { Attributes, Authorizer, User } from '../kube/access/user.ts';
import { unauthorizedFor } from '../kube/faults.ts';
import type { ResourceType } from '../kube/resource.ts';
import { authorizePart } from './access.ts';

/** What a Device would be told if objects were applied. */
export type Preview = (request: {
  readonly ref: ObjectRef;
  readonly objects: readonly ApiObject[];
  readonly user: User;
  allow(type: ResourceType, ref: ObjectRef): Promise<void>;
}) => Promise<JsonMap>;

interface Parts {
  readonly authorizer: Authorizer;
  findDevice(uuid: string): Promise<ObjectRef | undefined>;
}

const pattern = /^\/edgenode\/([0-9A-Za-z-]{1,64})\/preview$/;

/** The UUID in the URL of a preview, in lower case. */
export const toPreviewTarget = (path: string): string | undefined => pattern.exec(path)?.[1]?.toLowerCase();

/**
 * `POST /edgenode/<uuid>/preview`: takes objects as JSON or YAML (one, a List, an array, or several documents) and answers
 * with the configuration. For who may `create` the subresource `preview` of the Device, and `patch` each of the objects.
 */
export const servePreview = async (
  guard: Parts,
  preview: Preview,
  request: Request,
  user: User,
  uuid: string,
): Promise<Response> => {
  if (request.method !== 'POST')
    throw new Fault('MethodNotAllowed', 'the server does not allow this method on the requested resource');
  const ref = await authorizePart(guard, user, uuid, 'create', 'preview');
  const objects = toObjects(await readText(request));
  const result = await preview({
    ref,
    objects,
    user,
    async allow({ group, version, plural }, { namespace, name }) {
      const resource = { group, version, resource: plural, name, ...(namespace !== undefined && { namespace }) };
      const attributes: Attributes = { user, verb: 'patch', resource };
      const { allowed, reason } = await guard.authorizer.authorize(attributes);
      if (!allowed) throw unauthorizedFor(attributes, reason);
    },
  });
  return new Response(printJson(result), {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
  });
};

const maxBytes = 3 * 1024 * 1024;
const maxObjects = 256;

const readText = async (request: Request): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new Fault('RequestEntityTooLarge', `a preview takes at most ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const toObjects = (text: string): ApiObject[] => {
  const documents = /^\s*[[{]/.test(text)
    ? [parseJson(text)]
    : text
        .split(/^---(?:[ \t].*)?\r?$/m)
        .filter(part => part.replace(/^\s*#.*$/gm, '').trim() !== '')
        .map(part => parseYaml(part));
  const objects = documents.flatMap(open);
  if (objects.length === 0) throw new Fault('BadRequest', 'give objects to apply, as YAML documents or as JSON');
  if (objects.length > maxObjects) throw new Fault('BadRequest', `a preview takes at most ${maxObjects} objects`);
  return objects.map(toObject);
};

/** What stands in a list stands for itself. */
const open = (value: Json): Json[] => {
  if (Array.isArray(value)) return value;
  const items = isMap(value) && String(value['kind']).endsWith('List') ? value['items'] : undefined;
  return Array.isArray(items) ? (items as Json[]) : [value]; // JSON like what it stands in
};

const toObject = (value: Json, at: number): ApiObject => {
  const isObject =
    isMap(value) &&
    typeof value['apiVersion'] === 'string' &&
    typeof value['kind'] === 'string' &&
    isMap(value['metadata']) &&
    typeof value['metadata']['name'] === 'string';
  if (!isObject) throw new Fault('BadRequest', `objects[${at}]: needs apiVersion, kind and metadata.name`);
  // Checked just now; the registry validates the rest.
  return value as unknown as ApiObject;
};
