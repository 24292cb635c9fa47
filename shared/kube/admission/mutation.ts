import { cloneJson } from '../../base/clone.ts';
import { isFault } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { compile, type Program } from '../cel/compile.ts';
import type { Account, Variables } from '../cel/evaluate.ts';
import { objectMessage, patchMessageType } from '../cel/library/patch.ts';
import { lower } from '../cel/lower.ts';
import { listOf } from '../cel/type.ts';
import { CelError, List, Message, typeName, type Value } from '../cel/value.ts';
import { findAtomics } from '../patch/atomics.ts';
import { checkTyped } from '../patch/check.ts';
import { applyJsonPatch, TestFailed } from '../patch/json.ts';
import { overlay } from '../patch/overlay.ts';
import { toObjectShape } from '../patch/typed.ts';
import type { ShownKind } from '../registry/admission.ts';
import { failedExpression, runAsking, toEnvironment } from './conditions.ts';
import { type CommonBinding, type CommonSpec, type CompiledCommon, compileCommon } from './policy.ts';

/** Spec of a MutatingAdmissionPolicy. */
export interface MutatingSpec extends CommonSpec {
  readonly mutations?: readonly Mutation[];
  readonly reinvocationPolicy?: string;
}

/** Spec of a MutatingAdmissionPolicyBinding. */
export type MutatingBinding = CommonBinding;

export interface Mutation {
  readonly patchType?: string;
  readonly applyConfiguration?: { readonly expression?: string };
  readonly jsonPatch?: { readonly expression?: string };
}

export interface CompiledMutations extends CompiledCommon {
  readonly mutations: readonly CompiledMutation[];
}

interface CompiledMutation {
  readonly expression: string;
  readonly program: Program;
  patch(object: ApiObject, result: Value, kind: ShownKind): unknown;
}

/** Types of what the expressions of mutations give. */
export const mutationTypes = { ApplyConfiguration: objectMessage, JSONPatch: listOf(patchMessageType) } as const;

/** The expression of a mutation, as its type says which. */
export const expressionOf = ({ patchType, applyConfiguration, jsonPatch }: Mutation): string =>
  (patchType === 'JSONPatch' ? jsonPatch : applyConfiguration)?.expression ?? '';

/** Throws CelError. */
export const compileMutations = (spec: MutatingSpec): CompiledMutations => {
  const common = compileCommon(spec, true);
  const environment = toEnvironment({ params: true, variables: common.variablesType, patches: true });
  const mutations = (spec.mutations ?? []).map(mutation => {
    const isPatch = mutation.patchType === 'JSONPatch';
    const wanted = isPatch ? mutationTypes.JSONPatch : mutationTypes.ApplyConfiguration;
    const expression = expressionOf(mutation);
    return { expression, program: compile(expression, environment, wanted), patch: isPatch ? patchJson : layOver };
  });
  return { ...common, mutations };
};

/** What a mutation makes of an object of a kind. The input is not changed. Throws CelError when it cannot. */
export const applyMutation = async (
  { expression, program, patch }: CompiledMutation,
  object: ApiObject,
  kind: ShownKind,
  variables: Variables,
  account: Account,
): Promise<unknown> => {
  const result = await runAsking(program, variables, account).catch((error: unknown) => {
    throw error instanceof CelError ? failedExpression(expression, error) : error;
  });
  return patch(object, result, kind);
};

/** ApplyConfiguration: as server-side apply merges, but for what is atomic, which may only be changed as a whole. */
const layOver = (object: ApiObject, result: Value, kind: ShownKind): unknown => {
  if (!(result instanceof Message)) {
    throw new CelError(`unsupported return type from ApplyConfiguration expression: ${typeName(result)}`);
  }
  checkNames(result, [objectMessage.name]);
  const shape = toObjectShape(kind.schema);
  const config = lower(result);
  const failed = (why: string) => new CelError(`error applying patch: ${why}`);
  const [wrong] = checkTyped(config, shape);
  if (wrong !== undefined) throw failed(`failed to convert patch object to typed object: ${wrong}`);
  const atomics = findAtomics(config, shape);
  if (atomics.length > 0) {
    throw failed(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`);
  }
  return overlay(object, config, shape);
};

const patchJson = (object: ApiObject, result: Value): unknown => {
  if (!(result instanceof List)) {
    throw new CelError('type mismatch: JSONPatchType.expression should evaluate to array');
  }
  const patch = [...result].map(toOperation);
  try {
    return applyJsonPatch(cloneJson(object), patch);
  } catch (error) {
    // A test that fails says that there is nothing to do.
    if (error instanceof TestFailed) return object;
    if (!isFault(error)) throw error;
    throw new CelError(`JSON Patch: ${error.causes[0]?.message ?? error.message}`);
  }
};

const toOperation = (value: Value): { [field: string]: unknown } => {
  if (!(value instanceof Message) || value.name !== patchMessageType.name) {
    throw new CelError(
      `type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch, got element of ${typeName(value)}`,
    );
  }
  const operation: { [field: string]: unknown } = {};
  for (const field of value.keys()) {
    const given = value.get(field) ?? null;
    if (given instanceof Message) checkNames(given, given.name.split('.'));
    operation[field] = lower(given);
  }
  return operation;
};

/** Names of messages say where in the object they belong; throws CelError for one that is elsewhere. */
const checkNames = (value: Value, path: readonly string[]): void => {
  if (value instanceof List) for (const item of value) checkNames(item, path);
  if (!(value instanceof Message)) return;
  const expected = path.join('.');
  if (value.name !== expected) {
    throw new CelError(
      `type mismatch: unexpected type name ${JSON.stringify(value.name)}, expected ${JSON.stringify(expected)}, which matches field name path from root Object type`,
    );
  }
  for (const field of value.keys()) checkNames(value.get(field) ?? null, [...path, field]);
};
