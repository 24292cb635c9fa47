import { Fault } from '../../base/fault.ts';
import type { Json, JsonMap } from '../../base/object.ts';
import { copyMap, isMap, setOwn } from '../../base/own.ts';
import { identify } from '../schema/compile.ts';
import { nameOf } from '../wire/expected.ts';

/** Operations in one patch (kubernetes-api reference §1.12). */
const maxOperations = 10_000;
/** Bytes, roughly, that all `copy` operations of a patch may add. */
const maxCopied = 3 * 1024 * 1024;
/** List items that one patch may shift by inserting and removing: a bound on work, not on anything sensible. */
const maxShifted = 50_000_000;

/**
 * RFC 6902 as kube-apiserver applies it: negative indices count from the end. The inputs are not changed. A patch that is no
 * patch is BadRequest, one with too many operations RequestEntityTooLarge, and one with an operation that fails Invalid.
 */
export const applyJsonPatch = <T extends object>(doc: T, patch: unknown): T => {
  const operations = toOperations(patch);
  // A patched document is JSON again; what type it has is for validation to find out.
  const run: Run = { root: doc as Json, fresh: new Set(), copied: 0, shifted: 0 };
  for (const operation of operations) apply(run, operation);
  return run.root as T;
};

type Operation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: Pointer; readonly value: Json }
  | { readonly op: 'move' | 'copy'; readonly path: Pointer; readonly from: Pointer }
  | { readonly op: 'remove'; readonly path: Pointer };

interface Pointer {
  readonly text: string;
  readonly steps: readonly string[];
}

interface Run {
  root: Json;
  /** Maps and lists that this run made, and may change in place. */
  readonly fresh: Set<object>;
  copied: number;
  shifted: number;
}

const toOperations = (patch: unknown): Operation[] => {
  if (patch === null) return [];
  if (!Array.isArray(patch))
    throw malformed(`json: cannot unmarshal ${nameOf(patch)} into Go value of type []handlers.jsonPatchOp`);
  if (patch.length > maxOperations)
    throw new Fault(
      'RequestEntityTooLarge',
      `Request entity too large: The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`,
    );
  return patch.map(toOperation);
};

/** What is no operation is found out before the first one is done; upstream would say of it that it failed. */
const toOperation = (item: unknown, index: number): Operation => {
  if (!isMap(item)) throw malformed(`operation ${index} is not an object`);
  const { op } = item;
  const path = toPointer(item, 'path', index);
  if (op === 'remove') return { op, path };
  if (op === 'move' || op === 'copy') return { op, path, from: toPointer(item, 'from', index) };
  if (op !== 'add' && op !== 'replace' && op !== 'test')
    throw failed(`operation ${index} has an unknown op ${JSON.stringify(op) ?? '(none)'}`);
  if (!Object.hasOwn(item, 'value')) throw failed(`operation ${index} (${op}) has no value`);
  return { op, path, value: item['value'] as Json };
};

const toPointer = (item: { [field: string]: unknown }, field: string, index: number): Pointer => {
  const text = Object.hasOwn(item, field) ? item[field] : undefined;
  if (typeof text !== 'string') throw failed(`operation ${index} has no ${field}`);
  if (text === '') return { text, steps: [] };
  if (!text.startsWith('/')) throw failed(`operation ${index}: ${field} ${JSON.stringify(text)} does not begin with /`);
  const steps = text.slice(1).split('/');
  return { text, steps: steps.map(step => step.replaceAll('~1', '/').replaceAll('~0', '~')) };
};

const apply = (run: Run, operation: Operation): void => {
  const { op, path } = operation;
  switch (operation.op) {
    case 'add':
      put(run, op, path, operation.value, false);
      break;
    case 'replace':
      put(run, op, path, operation.value, true);
      break;
    case 'remove':
      remove(run, op, path);
      break;
    case 'move':
      put(run, op, path, remove(run, op, operation.from), false);
      break;
    case 'copy':
      put(run, op, path, duplicate(run, readLoosely(run, op, operation.from)), false);
      break;
    case 'test':
      test(run, path, operation.value);
  }
};

/** A field that is not there equals null, as long as its parent is there. */
const test = (run: Run, path: Pointer, expected: Json): void => {
  if (path.steps.length > 0) read(run, 'test', { text: path.text, steps: path.steps.slice(0, -1) });
  if (identify(lookUp(run.root, path.steps) ?? null) !== identify(expected))
    throw new TestFailed(`testing value ${path.text} failed: test failed`);
};

const put = (run: Run, op: string, path: Pointer, value: Json, mustExist: boolean): void => {
  const key = path.steps.at(-1);
  if (key === undefined) {
    run.root = value;
    return;
  }
  if (mustExist) readLoosely(run, op, path);
  const container = open(run, op, path);
  if (!Array.isArray(container)) setOwn(container, key, value);
  else if (mustExist) container[toIndex(op, path, container.length - 1)] = value;
  else {
    const index = key === '-' ? container.length : toIndex(op, path, container.length);
    shift(run, container.length - index);
    container.splice(index, 0, value);
  }
};

const remove = (run: Run, op: string, path: Pointer): Json => {
  const key = path.steps.at(-1);
  if (key === undefined) throw failed(`${op} operation does not apply: the whole document cannot be removed`);
  const value = read(run, op, path);
  const container = open(run, op, path);
  if (Array.isArray(container)) {
    const index = toIndex(op, path, container.length - 1);
    shift(run, container.length - index);
    container.splice(index, 1);
  } else delete container[key];
  return value;
};

const read = (run: Run, op: string, path: Pointer): Json => {
  const value = lookUp(run.root, path.steps);
  if (value === undefined)
    throw failed(`${op} operation does not apply: doc is missing path: ${path.text}: missing value`);
  return value;
};

/** A field that a map does not have is null, to `replace` and `copy` as to `test`. */
const readLoosely = (run: Run, op: string, path: Pointer): Json => {
  const value = lookUp(run.root, path.steps);
  if (value !== undefined || path.steps.length === 0) return value ?? null;
  const holder = read(run, op, { text: path.text, steps: path.steps.slice(0, -1) });
  return isMap(holder) ? null : read(run, op, path);
};

const lookUp = (root: Json, steps: readonly string[]): Json | undefined => {
  let at: Json | undefined = root;
  for (const step of steps) at = childOf(at, step);
  return at;
};

const childOf = (parent: Json | undefined, step: string): Json | undefined => {
  if (Array.isArray(parent)) return /^-?(0|[1-9]\d{0,9})$/.test(step) ? parent.at(Number(step)) : undefined;
  return isMap(parent) && Object.hasOwn(parent, step) ? parent[step] : undefined;
};

/** The map or list that holds the last step of a path, made this run's own together with all above it. */
const open = (run: Run, op: string, path: Pointer): Json[] | JsonMap => {
  let holder = own(run, run.root);
  if (holder) run.root = holder;
  for (const step of path.steps.slice(0, -1)) {
    const child = holder && childOf(holder, step);
    const mine = own(run, child);
    if (mine && mine !== child) {
      if (Array.isArray(holder)) holder[Number(step) < 0 ? holder.length + Number(step) : Number(step)] = mine;
      else if (holder) setOwn(holder, step, mine);
    }
    holder = mine;
  }
  if (!holder) throw failed(`${op} operation does not apply: doc is missing path: ${path.text}: missing value`);
  return holder;
};

const own = (run: Run, value: Json | undefined): Json[] | JsonMap | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (run.fresh.has(value)) return value;
  const mine = Array.isArray(value) ? [...value] : copyMap(value);
  run.fresh.add(mine);
  return mine;
};

/** The last step of a path as an index of at most `max`. */
const toIndex = (op: string, path: Pointer, max: number): number => {
  const key = path.steps.at(-1) ?? '';
  if (!/^-?(0|[1-9]\d{0,9})$/.test(key))
    throw failed(`${op} operation does not apply: ${JSON.stringify(key)} is not an index: invalid index referenced`);
  const index = Number(key) < 0 ? Number(key) + max + 1 : Number(key);
  if (index < 0 || index > max)
    throw failed(`${op} operation does not apply: Unable to access invalid index: ${key}: invalid index referenced`);
  return index;
};

const shift = (run: Run, count: number): void => {
  run.shifted += count;
  if (run.shifted > maxShifted) throw failed('the patch moves too many list items');
};

/** A deep copy, so that later operations on one do not show in the other. */
const duplicate = (run: Run, value: Json): Json => {
  run.copied += typeof value === 'string' ? value.length + 2 : 8;
  if (run.copied > maxCopied)
    throw failed(
      `Unable to complete the copy, the accumulated size increase of copy is ${run.copied}, exceeding the limit ${maxCopied}`,
    );
  if (Array.isArray(value)) return value.map(item => duplicate(run, item));
  if (!isMap(value)) return value;
  const copy: JsonMap = {};
  for (const [field, child] of Object.entries(value)) {
    run.copied += field.length + 3;
    setOwn(copy, field, duplicate(run, child));
  }
  return copy;
};

const malformed = (text: string): Fault => new Fault('BadRequest', `error decoding patch: ${text}`);

/** What kube-apiserver answers to an operation that fails; the reason goes into a cause, as its text has no place for one. */
class PatchFailed extends Fault {
  constructor(text: string) {
    super('Invalid', 'the server rejected our request due to an error in our request', {
      causes: [{ reason: 'FieldValueInvalid', message: text, field: 'patch' }],
    });
  }
}

/** What the patch was to find is not there. */
export class TestFailed extends PatchFailed {}

const failed = (text: string): Fault => new PatchFailed(text);
