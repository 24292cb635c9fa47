import type { ApiObject } from '../../base/object.ts';
import type { Action, ActionRequest, ResourceType, Verb } from '../resource.ts';
import { negotiate } from '../wire/negotiate.ts';
import { type Exchange, type Handler, toRef } from './exchange.ts';
import { toWriteQuery, type WriteQuery } from './options/write.ts';
import { readPatch, toApply } from './patch.ts';
import { checkNamespace, decodeObject, toPlace } from './read.ts';
import { respondPlain } from './respond.ts';

/** A subresource of the kind's own making. The body is read as what the action responds with. */
export const runAction =
  (action: Action, verb: Verb): Handler =>
  async exchange => {
    const { registry, type, url, resource, user, clock, warnings } = exchange;
    const output = negotiate(exchange.request);
    const query = toWriteQuery(url.searchParams, optionKinds[verb] ?? 'GetOptions');
    const request: ActionRequest = {
      operation: verb === 'create' ? 'create' : 'update',
      subresource: resource.subresource ?? '',
      user,
      dryRun: query.dryRun,
      now: clock.now(),
      registry,
      warn: text => void warnings.add(text),
      ...(exchange.annotate && { annotate: exchange.annotate }),
      type,
      ref: toRef(exchange),
      verb,
    };
    const body = await readActionBody(exchange, action, request, query.fieldValidation);
    const admitted = body && isForeign(action, type) ? await admitBody(action, request, body) : body;
    const answer = await action.run(admitted === undefined ? request : { ...request, body: admitted });
    return respondPlain(exchange, output, answer.code, answer.body);
  };

/** Whether the body is no form of the object: nobody else asks admission about it then. */
const isForeign = ({ responds }: Action, type: ResourceType): boolean =>
  responds.kind !== type.kind || responds.group !== type.group;

/** What admission makes of a body that is not stored. Throws what it says against it. */
const admitBody = async (action: Action, request: ActionRequest, body: ApiObject): Promise<ApiObject> => {
  const { registry, type, ref, subresource = '' } = request;
  const { admission } = registry;
  if (!admission) return body;
  const named: ApiObject = {
    ...body,
    metadata: { ...body.metadata, name: ref.name, ...(ref.namespace && { namespace: ref.namespace }) },
  };
  const kind = { ...action.responds, native: true, schema: action.schema ?? type.schema };
  const context = { ...request, appearance: { subresource, kind } };
  const mutated = await admission.mutate(type, named, undefined, context);
  await admission.validate(type, mutated, undefined, context);
  return mutated === named ? body : mutated;
};

const optionKinds: Partial<Record<Verb, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
};

/** The body as the action takes it. A patch is applied to what a GET of the same action answers. */
const readActionBody = async (
  exchange: Exchange,
  action: Action,
  request: ActionRequest,
  validation: WriteQuery['fieldValidation'],
): Promise<ApiObject | undefined> => {
  const { type } = exchange;
  if (request.verb === 'get') return undefined;
  if (request.verb === 'patch') {
    const apply = toApply(exchange);
    const { patch } = await readPatch(exchange);
    return apply((await action.run({ ...request, verb: 'get' })).body, patch);
  }
  const { group, version, kind } = action.responds;
  const native = type.native || group !== type.group;
  const expected = { group, version, kind, native, schema: action.schema ?? type.schema };
  const body = await decodeObject(exchange, expected, validation);
  if (kind === type.kind) return toPlace(exchange, body);
  checkNamespace(exchange, body);
  return body;
};
