import type { ApiObject } from '../../base/object.ts';
import { declare } from '../cel/declare.ts';
import { dyn, type Type } from '../cel/type.ts';
import type { ShownKind } from '../registry/admission.ts';
import { toTypeMeta } from '../registry/codec.ts';
import type { AdmitContext, ResourceType } from '../resource.ts';
import type { Schema } from '../schema/schema.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** One write, as policies and webhooks see it. */
export interface Attempt {
  readonly type: ResourceType;
  /** Kind of the objects: that of the type, unless a subresource has objects of its own. */
  readonly kind: ShownKind;
  readonly operation: Operation;
  readonly subresource: string;
  readonly name: string;
  /** '' for objects of the cluster; of a Namespace: its own name. */
  readonly namespace: string;
  /** What will be stored; undefined for deletions. */
  readonly object: ApiObject | undefined;
  /** What is there; undefined for creations. */
  readonly old: ApiObject | undefined;
  readonly context: AdmitContext;
}

export const toAttempt = (
  type: ResourceType,
  object: ApiObject | undefined,
  old: ApiObject | undefined,
  context: AdmitContext,
): Attempt => {
  const metadata = (object ?? old)?.metadata;
  const isNamespace = type.group === '' && type.kind === 'Namespace';
  const { appearance } = context;
  const show = (one: ApiObject | undefined) => (one && appearance?.show ? appearance.show(one) : one);
  return {
    type,
    kind: appearance?.kind ?? type,
    operation: operations[context.operation],
    subresource: appearance?.subresource ?? context.subresource ?? '',
    name: metadata?.name ?? '',
    namespace: isNamespace ? (metadata?.name ?? '') : (metadata?.namespace ?? ''),
    object: show(object),
    old: show(old),
    context,
  };
};

const operations = { create: 'CREATE', update: 'UPDATE', delete: 'DELETE' } as const;

/** AdmissionRequest of admission.k8s.io/v1. `as`: the type in whose form the objects are sent. */
export const toRequest = (attempt: Attempt, uid: string, as: ResourceType = attempt.type) => {
  const { type, operation, subresource, name, namespace, context } = attempt;
  const { user } = context;
  return {
    uid,
    kind: toKind(kindAs(attempt, as)),
    resource: toResource(as),
    ...(subresource !== '' && { subResource: subresource }),
    requestKind: toKind(attempt.kind),
    requestResource: toResource(type),
    ...(subresource !== '' && { requestSubResource: subresource }),
    ...(name !== '' && { name }),
    ...(namespace !== '' && { namespace }),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid !== undefined && { uid: user.uid }),
      groups: [...user.groups],
      ...(user.extra && { extra: user.extra }),
    },
    object: attempt.object ? viewAs(attempt, attempt.object, as) : null,
    oldObject: attempt.old ? viewAs(attempt, attempt.old, as) : null,
    dryRun: context.dryRun,
    options: { kind: `${titles[operation]}Options`, apiVersion: 'meta.k8s.io/v1', ...context.asked },
  };
};

const titles = { CREATE: 'Create', UPDATE: 'Update', DELETE: 'Delete', CONNECT: 'Connect' } as const;

/** The kind of an attempt's objects in the form of a type: what a subresource has of its own is the same in all of them. */
export const kindAs = ({ type, kind }: Attempt, as: ResourceType): ShownKind => (kind === type ? as : kind);

/** An attempt's object in the form of another type that shows the same objects. */
export const viewAs = ({ type, kind }: Attempt, object: ApiObject, as: ResourceType): ApiObject =>
  kind === type ? convert(object, type, as) : object;

/** The inverse of `viewAs`. */
export const viewBack = ({ type, kind }: Attempt, object: ApiObject, as: ResourceType): ApiObject =>
  kind === type ? convert(object, as, type) : object;

const convert = (object: ApiObject, from: ResourceType, to: ResourceType): ApiObject => {
  if (from === to) return object;
  const stored = from.toStored ? from.toStored(object) : object;
  return to.fromStored ? to.fromStored(stored) : { ...stored, ...toTypeMeta(to) };
};

const toKind = ({ group, version, kind }: ShownKind) => ({ group, version, kind });
const toResource = ({ group, version, plural }: ResourceType) => ({ group, version, resource: plural });

const text: Schema = { type: 'string' };
const kind: Schema = { type: 'object', properties: { group: text, version: text, kind: text } };
const resource: Schema = { type: 'object', properties: { group: text, version: text, resource: text } };

const declared = declare({
  type: 'object',
  properties: {
    uid: text,
    kind,
    resource,
    subResource: text,
    requestKind: kind,
    requestResource: resource,
    requestSubResource: text,
    name: text,
    namespace: text,
    operation: text,
    userInfo: {
      type: 'object',
      properties: {
        username: text,
        uid: text,
        groups: { type: 'array', items: text },
        extra: { type: 'object', additionalProperties: { type: 'array', items: text } },
      },
    },
    dryRun: { type: 'boolean' },
    options: { 'x-kubernetes-int-or-string': true },
  },
});

/**
 * The type of `request` in expressions: the objects and options have variables of their own or none. Unlike those of objects,
 * the names of its fields are not escaped: `request.namespace`.
 */
export const requestType: Type =
  declared?.k === 'object'
    ? { ...declared, fields: new Map([...declared.fields.values()].map(field => [field.name, field])) }
    : dyn;
