import type { Catalog } from '../../catalog.ts';
import type { ResourceType } from '../../resource.ts';
import { mediaTypes } from '../../wire/negotiate.ts';
import { type Subresource, scaleKind, subresourcesOf } from '../discovery.ts';
import { names, toKindName, toListModelName, toModelName } from './models.ts';
import type { QueryName } from './parameters.ts';

/** One operation of the API, in terms that both versions of OpenAPI can print. */
export interface Operation {
  /** As in documents: `/apis/G/V/namespaces/{namespace}/devices/{name}`. */
  readonly path: string;
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch';
  readonly operationId: string;
  readonly description: string;
  readonly tag: string;
  readonly action: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly query: readonly QueryName[];
  /** Model of the body, and the formats it may come in. */
  readonly body?: { readonly model: string; readonly formats: readonly string[]; readonly required: boolean };
  /** Model of the answer and the codes that it comes with. */
  readonly answer: { readonly model: string; readonly codes: readonly number[] };
  readonly produces: readonly string[];
}

/** All operations on one type, by path. */
export const toOperations = (catalog: Catalog, type: ResourceType): Operation[] => [
  ...toCollection(type),
  ...toItem(type),
  ...subresourcesOf(type).flatMap(subresource => toSubresource(catalog, type, subresource)),
];

/** Formats of a patch that a type takes. */
const patchFormats = (type: ResourceType): string[] => [
  'application/json-patch+json',
  'application/merge-patch+json',
  ...(type.native ? ['application/strategic-merge-patch+json'] : []),
  'application/apply-patch+yaml',
];

const produced: readonly string[] = [mediaTypes.json, mediaTypes.yaml];

const toCollection = (type: ResourceType): Operation[] => {
  const path = `${basePath(type, true)}/${type.plural}`;
  const has = (verb: ResourceType['verbs'][number]) => type.verbs.includes(verb);
  const list = { query: listQuery, answer: answer(toListModelName(type)), produces: [...produced, watchFormat] };
  const operations: Operation[] = [];
  if (has('list'))
    operations.push(make(type, { ...list, path, method: 'get', verb: 'list', action: 'list', text: 'list or watch' }));
  if (has('create'))
    operations.push(
      make(type, {
        path,
        method: 'post',
        verb: 'create',
        action: 'post',
        query: writeQuery,
        body: body(type, toModelName(type)),
        answer: answer(toModelName(type), 200, 201, 202),
      }),
    );
  if (has('deletecollection'))
    operations.push(
      make(type, {
        path,
        method: 'delete',
        verb: 'delete',
        infix: 'Collection',
        action: 'deletecollection',
        text: 'delete a collection of',
        query: [...deleteQuery, ...listQuery.filter(name => !watchOnly.has(name))],
        body: { ...body(type, names.deleteOptions), required: false },
        answer: answer(names.status),
      }),
    );
  if (has('list') && type.scope === 'Namespaced')
    operations.push(
      make(type, {
        ...list,
        path: `${basePath(type, false)}/${type.plural}`,
        method: 'get',
        verb: 'list',
        action: 'list',
        text: 'list or watch',
        suffix: 'ForAllNamespaces',
      }),
    );
  return operations;
};

const watchFormat = 'application/json;stream=watch';
const watchOnly = new Set<QueryName>(['allowWatchBookmarks', 'watch']);

const toItem = (type: ResourceType): Operation[] => {
  const model = toModelName(type);
  const path = `${basePath(type, true)}/${type.plural}/{name}`;
  const operations = toReadWrite(type, path, model, verb => type.verbs.includes(verb), model, '');
  if (type.verbs.includes('delete'))
    operations.push(
      make(type, {
        path,
        method: 'delete',
        verb: 'delete',
        action: 'delete',
        query: deleteQuery,
        body: { ...body(type, names.deleteOptions), required: false },
        answer: answer(type.deleteAnswers === 'object' ? model : names.status, 200, 202),
      }),
    );
  return operations;
};

const toSubresource = (catalog: Catalog, type: ResourceType, { name, verbs, kind }: Subresource): Operation[] => {
  const model = toKindName(catalog, type, kind);
  const path = `${basePath(type, true)}/${type.plural}/{name}/${name}`;
  const has = (verb: ResourceType['verbs'][number]) => verbs.includes(verb);
  // The scale of a custom resource is said to be of its own kind, as upstream has it.
  const named = kind === scaleKind && !type.native ? type : kind;
  const as = { group: named.group, version: named.version, kind: named.kind };
  const operations = toReadWrite(type, path, model, has, model, name);
  if (has('create'))
    operations.push(
      make(type, {
        path,
        method: 'post',
        verb: 'create',
        action: 'post',
        suffix: capitalize(name),
        text: `create ${name} of`,
        query: writeQuery,
        body: body(type, model),
        answer: answer(model, 200, 201, 202),
      }),
    );
  return operations.map(one => ({ ...one, kind: as }));
};

/** GET, PUT and PATCH of an item or of one of its subresources. */
const toReadWrite = (
  type: ResourceType,
  path: string,
  model: string,
  has: (verb: 'get' | 'update' | 'patch') => boolean,
  bodyModel: string,
  subresource: string,
): Operation[] => {
  const common = { path, suffix: capitalize(subresource), answer: answer(model) };
  const of = subresource === '' ? '' : ` ${subresource} of`;
  const operations: Operation[] = [];
  if (has('get'))
    operations.push(
      make(type, {
        ...common,
        method: 'get',
        verb: 'read',
        action: 'get',
        text: `read${of}`,
        query: type.native ? [] : readQuery,
      }),
    );
  if (has('update'))
    operations.push(
      make(type, {
        ...common,
        method: 'put',
        verb: 'replace',
        action: 'put',
        text: `replace${of}`,
        query: writeQuery,
        body: body(type, bodyModel),
        answer: answer(model, 200, 201),
      }),
    );
  if (has('patch'))
    operations.push(
      make(type, {
        ...common,
        method: 'patch',
        verb: 'patch',
        action: 'patch',
        // Custom resources can be made by an apply too, which upstream does not say of them.
        answer: type.native ? answer(model, 200, 201) : answer(model),
        text: `partially update${of}`,
        query: patchQuery,
        body: { model: names.patch, formats: patchFormats(type), required: true },
      }),
    );
  return operations;
};

interface Draft extends Pick<Operation, 'path' | 'method' | 'action' | 'query' | 'answer'> {
  readonly verb: string;
  readonly infix?: string;
  readonly suffix?: string;
  readonly text?: string;
  readonly body?: Operation['body'];
  readonly produces?: readonly string[];
}

const make = (type: ResourceType, draft: Draft): Operation => {
  const { group, version, kind } = type;
  const namespaced = draft.path.includes('/{namespace}/') ? 'Namespaced' : '';
  return {
    path: draft.path,
    method: draft.method,
    action: draft.action,
    query: draft.query,
    answer: draft.answer,
    operationId: `${draft.verb}${toGroupId(group)}${capitalize(version)}${draft.infix ?? ''}${namespaced}${kind}${draft.suffix ?? ''}`,
    description: `${draft.text ?? draft.verb} ${article(draft, kind)}`,
    tag: `${lowerFirst(toGroupId(group))}_${version}`,
    kind: { group, version, kind },
    produces: draft.produces ?? produced,
    ...(draft.body && { body: draft.body }),
  };
};

const article = ({ action }: Draft, kind: string): string =>
  action === 'list' ? `objects of kind ${kind}` : action === 'deletecollection' ? kind : `the specified ${kind}`;

/** `eve.lfedge.org` → `EveLfedgeOrg`, `rbac.authorization.k8s.io` → `RbacAuthorization`, '' → `Core`. */
const toGroupId = (group: string): string => {
  if (group === '') return 'Core';
  return group
    .replace(/\.k8s\.io$/, '')
    .split(/[.-]/)
    .map(capitalize)
    .join('');
};

const capitalize = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const lowerFirst = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1);

const basePath = ({ group, version, scope }: ResourceType, inNamespace: boolean): string => {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return inNamespace && scope === 'Namespaced' ? `${base}/namespaces/{namespace}` : base;
};

const answer = (model: string, ...codes: number[]): Operation['answer'] => ({
  model,
  codes: codes.length > 0 ? codes : [200],
});

const body = (type: ResourceType, model: string): { model: string; formats: readonly string[]; required: boolean } => ({
  model,
  formats: type.native ? [...produced, mediaTypes.protobuf] : produced,
  required: true,
});

const readQuery: readonly QueryName[] = ['resourceVersion'];

const writeQuery: readonly QueryName[] = ['dryRun', 'fieldManager', 'fieldValidation'];

const patchQuery: readonly QueryName[] = [...writeQuery, 'force'];

const deleteQuery: readonly QueryName[] = ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'];

const listQuery: readonly QueryName[] = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
];
