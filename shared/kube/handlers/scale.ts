import { cloneJson } from '../../base/clone.ts';
import type { ApiObject } from '../../base/object.ts';
import { getOwn, isMap, setOwn } from '../../base/own.ts';
import { cause } from '../../base/path.ts';
import { conflict, internalError, invalid } from '../faults.ts';
import { toTypeMeta } from '../registry/codec.ts';
import type { UpdateOptions } from '../registry/registry.ts';
import type { ResourceType, ScalePaths } from '../resource.ts';
import type { Schema } from '../schema/schema.ts';
import { type Accepted, negotiate } from '../wire/negotiate.ts';
import { readConfig, toApplyQuery } from './apply.ts';
import { type Exchange, type Handler, toRef, toWriteOptions } from './exchange.ts';
import { forceCauses, toWriteQuery } from './options/write.ts';
import { checkPatched, isApply, readPatch, toApply } from './patch.ts';
import { decodeObject, toPlace } from './read.ts';
import { respondPlain } from './respond.ts';

/** The `scale` subresource (kubernetes-api reference §1.16): a number of replicas, wherever a kind keeps it. */
export const getScale: Handler = async exchange => {
  const output = negotiate(exchange.request);
  const object = await exchange.registry.get(exchange.type, toRef(exchange));
  return respondPlain(exchange, output, 200, toScale(exchange.type, object));
};

export const updateScale: Handler = async exchange => {
  const output = negotiate(exchange.request);
  const query = toWriteQuery(exchange.url.searchParams, 'UpdateOptions');
  const scale = toPlace(exchange, await decodeObject(exchange, scaleType, query.fieldValidation));
  return writeScale(exchange, output, query, () => scale);
};

export const patchScale: Handler = async exchange => {
  if (isApply(exchange.request)) return applyScale(exchange);
  const output = negotiate(exchange.request);
  const apply = toApply({ request: exchange.request, type: { ...exchange.type, native: false } });
  const query = toWriteQuery(exchange.url.searchParams, 'PatchOptions', forceCauses(exchange.url.searchParams));
  const document = await readPatch(exchange);
  const { strip: _, ...type } = exchange.type;
  const ofScale = { ...exchange, type: { ...type, ...scaleType } };
  return writeScale(exchange, output, query, current =>
    checkPatched(ofScale, query.fieldValidation, document, current, apply(current, document.patch)),
  );
};

/** Server-side apply of a Scale: the number of replicas is owned in the object that is scaled, wherever it stands there. */
const applyScale = async (exchange: Exchange): Promise<Response> => {
  const { registry, type } = exchange;
  const output = negotiate(exchange.request);
  const { options, fieldValidation } = toApplyQuery(exchange);
  const scale = toPlace(exchange, await readConfig(exchange, scaleType, fieldValidation));
  const replicas = readReplicas(scale);
  const { name, namespace, uid, resourceVersion } = scale.metadata;
  const metadata: ApiObject['metadata'] = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
  const config: ApiObject = { ...toTypeMeta(type), metadata };
  if (replicas !== undefined) write(config, pathsOf(type).specReplicasPath, checkReplicas(type, replicas, name));
  const ref = toRef(exchange);
  const { object } = await registry.apply(type, ref, config, { ...options, ...asScale(type) });
  return respondPlain(exchange, output, 200, toScale(type, object));
};

const readReplicas = (scale: object): unknown => {
  const spec = 'spec' in scale ? scale.spec : undefined;
  return isMap(spec) ? (spec.replicas ?? undefined) : undefined;
};

const writeScale = async (
  exchange: Exchange,
  output: Accepted,
  query: Parameters<typeof toWriteOptions>[1],
  change: (scale: ApiObject) => ApiObject,
): Promise<Response> => {
  const { registry, type } = exchange;
  const rescale = (current: ApiObject): ApiObject => {
    const scale = toScale(type, current);
    return withReplicas(type, current, change(scale), scale);
  };
  const options = { ...toWriteOptions(exchange, query), ...asScale(type) };
  const { object } = await registry.update(type, toRef(exchange), rescale, options);
  return respondPlain(exchange, output, 200, toScale(type, object));
};

const integer: Schema = { type: 'integer', format: 'int32' };

/** What a Scale looks like, for decoding: autoscaling/v1. */
export const scaleType = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  native: true,
  schema: {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: { replicas: integer } },
      status: { type: 'object', properties: { replicas: integer, selector: { type: 'string' } } },
    },
  } satisfies Schema as Schema,
};

/** A write to the subresource: those who decide on it see a Scale. */
const asScale = (type: ResourceType): Pick<UpdateOptions, 'subresource' | 'appearance'> => ({
  subresource: 'scale',
  appearance: {
    subresource: 'scale',
    kind: scaleType,
    show: object => toApiScale(type, object, read(object, pathsOf(type).specReplicasPath) ?? 0),
    take: (object, scale) => {
      const next = cloneJson(object);
      write(next, pathsOf(type).specReplicasPath, checkReplicas(type, readReplicas(scale) ?? 0, object.metadata.name));
      return next;
    },
  },
});

const toScale = (type: ResourceType, object: ApiObject): ApiObject => {
  const path = pathsOf(type).specReplicasPath;
  const replicas = read(object, path);
  if (typeof replicas !== 'number') {
    throw internalError(`the spec replicas field ${JSON.stringify(path)} does not exist`);
  }
  return toApiScale(type, object, replicas);
};

const toApiScale = (type: ResourceType, object: ApiObject, replicas: unknown): ApiObject => {
  const paths = pathsOf(type);
  const now = read(object, paths.statusReplicasPath);
  const selector = paths.labelSelectorPath === undefined ? undefined : read(object, paths.labelSelectorPath);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const scale = {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas },
    status: { replicas: typeof now === 'number' ? now : 0, ...(selector ? { selector } : {}) },
  };
  // What is undefined the copy leaves out.
  return cloneJson(scale) as unknown as ApiObject;
};

const withReplicas = (type: ResourceType, current: ApiObject, wanted: ApiObject, scale: ApiObject): ApiObject => {
  const version = wanted.metadata.resourceVersion;
  if (version && version !== current.metadata.resourceVersion) throw conflict(type, current.metadata.name);
  const replicas = checkReplicas(type, readReplicas(wanted) ?? 0, current.metadata.name);
  if (isMap(scale.spec) && scale.spec.replicas === replicas) return current;
  const next = cloneJson(current);
  write(next, pathsOf(type).specReplicasPath, replicas);
  return next;
};

const checkReplicas = (type: ResourceType, replicas: unknown, name: string): number => {
  if (typeof replicas === 'number' && Number.isInteger(replicas) && replicas >= 0) return replicas;
  const path = pathsOf(type).specReplicasPath;
  throw invalid(type.kind, type.group, name, [cause.invalid(path, replicas, 'should be a non-negative integer')]);
};

const pathsOf = (type: ResourceType): ScalePaths => {
  if (type.scale === undefined) throw new Error(`${type.kind} has no scale`);
  return type.scale;
};

const steps = (path: string): string[] => path.split('.').filter(step => step !== '');

const read = (object: object, path: string): unknown =>
  steps(path).reduce<unknown>((value, step) => (isMap(value) ? getOwn(value, step) : undefined), object);

const write = (object: { [field: string]: unknown }, path: string, value: unknown): void => {
  const fields = steps(path);
  const last = fields.pop() ?? '';
  let map = object;
  for (const field of fields) {
    const inner = getOwn(map, field);
    const next = isMap(inner) ? inner : {};
    setOwn(map, field, next);
    map = next;
  }
  setOwn(map, last, value);
};
