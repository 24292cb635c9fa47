import { Fault } from '../base/fault.ts';
import type { Catalog } from './catalog.ts';
import { badRequest, methodNotAllowed } from './faults.ts';
import { runAction } from './handlers/action.ts';
import { create } from './handlers/create.ts';
import type { Handler } from './handlers/exchange.ts';
import { get } from './handlers/get.ts';
import { list } from './handlers/list.ts';
import { patch } from './handlers/patch.ts';
import { remove, removeCollection } from './handlers/remove.ts';
import { getScale, patchScale, updateScale } from './handlers/scale.ts';
import { update } from './handlers/update.ts';
import { watch } from './handlers/watch.ts';
import { pathErrors } from './names.ts';
import type { ResourceInfo } from './request.ts';
import type { ResourceType, Verb } from './resource.ts';

export interface Route {
  readonly type: ResourceType;
  readonly handler: Handler;
}

/**
 * The type and the handler that a request for a resource is for; undefined for what is no place at all (plain 404). Throws
 * NotFound for a subresource that the type lacks, MethodNotAllowed for a verb that the place does not know.
 */
export const toRoute = (catalog: Catalog, verb: string, resource: ResourceInfo): Route | undefined => {
  const type = catalog.byResource(resource.group, resource.version, resource.plural);
  if (type === undefined || !isPlace(type, verb, resource)) return undefined;
  const errors = resource.name === undefined ? [] : pathErrors(resource.name);
  if (errors.length > 0) throw badRequest(`Name parameter invalid: ${JSON.stringify(resource.name)}: ${errors[0]}`);
  if (resource.subresource !== undefined) return { type, handler: toSubHandler(type, verb, resource.subresource) };
  const handler = Object.hasOwn(handlers, verb) ? handlers[verb as Verb] : undefined;
  if (handler === undefined || !type.verbs.includes(verb as Verb)) throw methodNotAllowed(type, verb);
  if (isMisplaced(verb, resource)) throw methodNotAllowed(type, verb);
  return { type, handler };
};

const handlers: Readonly<Record<Verb, Handler>> = {
  create,
  delete: remove,
  deletecollection: removeCollection,
  get,
  list,
  patch,
  update,
  watch,
};

/** Whether the URL has the form that the type's scope asks for. */
const isPlace = (type: ResourceType, verb: string, resource: ResourceInfo): boolean => {
  if (resource.rest.length > 0) return false;
  if (type.scope === 'Cluster') return !resource.inNamespace;
  return resource.inNamespace || (!resource.inPath && (verb === 'list' || verb === 'watch'));
};

/** POST belongs to collections, PUT and PATCH to objects. A name that only a field selector gives makes no object of it. */
const isMisplaced = (verb: string, resource: ResourceInfo): boolean =>
  verb === 'create' ? resource.inPath : (verb === 'update' || verb === 'patch') && !resource.inPath;

const toSubHandler = (type: ResourceType, verb: string, subresource: string): Handler => {
  const found = subHandlers(type, subresource);
  if (found === undefined) {
    throw new Fault('NotFound', 'the server could not find the requested resource');
  }
  const handler = found[verb as Verb];
  if (handler === undefined) throw methodNotAllowed(type, verb);
  return handler;
};

const subHandlers = (type: ResourceType, subresource: string): Partial<Record<Verb, Handler>> | undefined => {
  if (subresource === 'status') return type.hasStatus ? { get, update, patch } : undefined;
  if (subresource === 'scale') {
    return type.scale ? { get: getScale, update: updateScale, patch: patchScale } : undefined;
  }
  const action = Object.hasOwn(type.actions, subresource) ? type.actions[subresource] : undefined;
  return action && Object.fromEntries(action.verbs.map(verb => [verb, runAction(action, verb)]));
};
