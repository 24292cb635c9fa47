import { Buffer } from 'node:buffer';
import { isEqual } from '../../base/equal.ts';
import { Fault } from '../../base/fault.ts';
import { parseJson, printJson } from '../../base/json.ts';
import type { ApiObject, ObjectMeta } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import type { Random } from '../../base/ports.ts';
import type { Converter } from '../resource.ts';
import type { Definition } from './definition.ts';

/** What calling a webhook takes of the world. */
export interface ConvertPorts {
  readonly random: Random;
  readonly post: Post;
}

/**
 * Sends JSON to an HTTPS URL and answers status and body. `caPem` is whom the server's certificate must chain to; absent:
 * whom the system trusts. Rejects when there is no answer in time, or one of more than `maxBytes`.
 */
export type Post = (
  url: string,
  body: string,
  options: { readonly caPem?: string; readonly timeoutMs: number; readonly maxBytes: number },
) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

const timeoutMs = 30_000;
const maxBytes = 64 * 1024 * 1024;

/**
 * Converts by the webhook of a definition (kubernetes-api reference §4): one ConversionReview for all objects of a batch
 * that are in another version. What comes back must be the same objects, in order, with only labels and annotations of
 * their metadata changed. Faults are InternalError, `conversion webhook for … failed: …`.
 */
export const createConverter = (
  definition: Definition,
  versions: { readonly apiVersion: string; readonly storedVersion: string },
  { random, post }: ConvertPorts,
): Converter => {
  const { clientConfig = {} } = definition.spec?.conversion?.webhook ?? {};
  const caPem = clientConfig.caBundle ? Buffer.from(clientConfig.caBundle, 'base64').toString('utf8') : undefined;
  const review = async (objects: readonly ApiObject[], desired: string): Promise<ApiObject[]> => {
    const uid = random.uuid();
    const kind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview' };
    // Objects are JSON.
    const request = { uid, desiredAPIVersion: desired, objects: objects as never };
    const options = { timeoutMs, maxBytes, ...(caPem !== undefined && { caPem }) };
    const answer = await post(clientConfig.url ?? '', printJson({ ...kind, request }), options);
    if (answer.status < 200 || answer.status > 299) throw new Error(`it answered ${answer.status}`);
    return toConverted(parseJson(answer.body), uid, objects, desired);
  };
  return {
    ...versions,
    async convert(objects, desired) {
      const others = objects.filter(({ apiVersion }) => apiVersion !== desired);
      if (others.length === 0) return [...objects];
      const converted = await review(others, desired).catch((error: unknown) => {
        throw failed(definition, others[0], desired, error);
      });
      let next = 0;
      return objects.map(object => (object.apiVersion === desired ? object : (converted[next++] ?? object)));
    },
  };
};

const failed = ({ spec }: Definition, object: ApiObject | undefined, desired: string, error: unknown): Fault => {
  const why = error instanceof Error ? error.message : String(error);
  const what = `${object?.apiVersion}, Kind=${spec?.names?.kind}`;
  return new Fault('InternalError', `conversion webhook for ${what} to ${desired} failed: ${why}`, { cause: error });
};

const toConverted = (review: unknown, uid: string, asked: readonly ApiObject[], desired: string): ApiObject[] => {
  const response = isMap(review) && isMap(review.response) ? review.response : undefined;
  if (!isMap(review) || review.kind !== 'ConversionReview' || response === undefined)
    throw new Error('the answer is no ConversionReview with a response');
  if (response.uid !== uid) throw new Error(`expected response.uid=${JSON.stringify(uid)}`);
  const result = isMap(response.result) ? response.result : {};
  if (result.status !== 'Success') throw new Error(String(result.message || 'no reason was given'));
  const objects = Array.isArray(response.convertedObjects) ? response.convertedObjects : [];
  if (objects.length !== asked.length)
    throw new Error(`expected ${asked.length} converted objects, got ${objects.length}`);
  return objects.map((object: unknown, i) => checkOne(object, asked[i], desired, i));
};

const checkOne = (object: unknown, asked: ApiObject | undefined, desired: string, i: number): ApiObject => {
  if (!isMap(object) || !isMap(object.metadata) || asked === undefined)
    throw new Error(`convertedObjects[${i}] is no object`);
  if (object.apiVersion !== desired) throw new Error(`convertedObjects[${i}] is not in version ${desired}`);
  if (object.kind !== asked.kind) throw new Error(`convertedObjects[${i}] is of another kind`);
  // What Kubernetes knows of an object the webhook only passes through.
  const metadata = object.metadata as Partial<ObjectMeta>;
  if (!isEqual(fixed(metadata), fixed(asked.metadata)))
    throw new Error(`convertedObjects[${i}] has other metadata than labels and annotations changed`);
  const { labels: _, annotations: __, ...kept } = asked.metadata;
  return {
    ...object,
    apiVersion: desired,
    kind: asked.kind,
    metadata: {
      ...kept,
      ...(isTexts(metadata.labels) && { labels: metadata.labels }),
      ...(isTexts(metadata.annotations) && { annotations: metadata.annotations }),
    },
  };
};

const fixed = ({ name, namespace, uid }: Partial<ObjectMeta>) => ({ name, namespace, uid });

const isTexts = (value: unknown): value is Record<string, string> =>
  isMap(value) && Object.keys(value).length > 0 && Object.values(value).every(one => typeof one === 'string');
