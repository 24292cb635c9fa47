import {
  type Call,
  type Expr,
  type Fold,
  type ListExpr,
  type MapExpr,
  type MessageExpr,
  type Select,
  toDotted,
} from './expr.ts';
import type { Functions, Overload } from './function.ts';
import {
  type Bindings,
  bool,
  bytes,
  double,
  dyn,
  int,
  isAssignable,
  listOf,
  mapOf,
  merge,
  nullType,
  type ObjectType,
  optionalOf,
  param,
  printType,
  string,
  substitute,
  type Type,
  typeType,
  uint,
} from './type.ts';
import { CelError, Uint, type Value } from './value.ts';

/** What an expression may name. */
export interface Environment {
  readonly variables: ReadonlyMap<string, Type>;
  readonly functions: Functions;
  /** The type of messages that can be made under a name; absent: none can be made. */
  readonly message?: (name: string) => ObjectType | undefined;
}

/**
 * Finds the type of an expression and of each of its parts, and which functions its calls can mean; both are noted in the
 * parts. Throws CelError for what can never work.
 */
export const check = (expr: Expr, environment: Environment): Type =>
  checkIn(expr, { ...environment, find: name => environment.variables.get(name) });

interface Scope extends Pick<Environment, 'functions' | 'message'> {
  find(name: string): Type | undefined;
}

const extend = (scope: Scope, names: ReadonlyMap<string, Type>): Scope => ({
  ...scope,
  find: name => names.get(name) ?? scope.find(name),
});

const checkIn = (expr: Expr, scope: Scope): Type => {
  try {
    const type = infer(expr, scope);
    expr.type = type;
    return type;
  } catch (error) {
    // The innermost part that is wrong is the one to show.
    if (error instanceof CelError) error.at ??= expr.at;
    throw error;
  }
};

const infer = (expr: Expr, scope: Scope): Type => {
  switch (expr.k) {
    case 'literal':
      return typeOfLiteral(expr.value);
    case 'ident':
      return scope.find(expr.name) ?? typeNamed(expr.name);
    case 'select':
      return checkSelect(expr, scope);
    case 'call':
      return checkCall(expr, scope);
    case 'list':
      return checkList(expr, scope);
    case 'map':
      return checkMap(expr, scope);
    case 'message':
      return checkMessage(expr, scope);
    case 'fold':
      return checkFold(expr, scope);
    case 'bind':
      return checkIn(expr.body, extend(scope, new Map([[expr.name, checkIn(expr.init, scope)]])));
    case 'optmap': {
      const target = checkIn(expr.target, scope);
      if (target.k !== 'optional' && target.k !== 'dyn')
        throw noOverload(expr.flat ? 'optFlatMap' : 'optMap', [target]);
      const inner = target.k === 'optional' ? target.of : dyn;
      const body = checkIn(expr.body, extend(scope, new Map([[expr.name, inner]])));
      return expr.flat ? body : optionalOf(body);
    }
  }
};

const typeOfLiteral = (value: Value): Type => {
  if (value === null) return nullType;
  if (typeof value === 'boolean') return bool;
  if (typeof value === 'bigint') return int;
  if (typeof value === 'number') return double;
  if (typeof value === 'string') return { ...string, max: value.length } as Type;
  if (value instanceof Uint8Array) return { ...bytes, max: value.length } as Type;
  return value instanceof Uint ? uint : dyn;
};

/** Names of types are values: `type(x) == int`. */
export const typeNames = new Set(
  'int uint double bool string bytes list map null_type type google.protobuf.Timestamp google.protobuf.Duration'.split(
    ' ',
  ),
);

const typeNamed = (name: string): Type => {
  if (typeNames.has(name)) return typeType;
  throw new CelError(`undeclared reference to '${name}' (in container '')`);
};

const checkSelect = (expr: Select, scope: Scope): Type => {
  if (toDotted(expr) !== undefined && typeNames.has(toDotted(expr) ?? '')) return typeType;
  const operand = checkIn(expr.operand, scope);
  const isOptional = operand.k === 'optional';
  const type = fieldOf(isOptional ? operand.of : operand, expr.field);
  if (expr.test) return bool;
  if (type.k === 'optional' && (isOptional || expr.optional)) return type;
  return isOptional || expr.optional ? optionalOf(type) : type;
};

const fieldOf = (type: Type, field: string): Type => {
  if (type.k === 'dyn' || type.k === 'param') return dyn;
  if (type.k === 'map') return type.of;
  const { fields } = type.k === 'object' || type.k === 'opaque' ? type : {};
  if (fields === undefined) throw new CelError(`type '${printType(type)}' does not support field selection`);
  const known = fields.get(field);
  if (known === undefined && type.k === 'object' && type.open) return dyn;
  if (known === undefined) throw new CelError(`undefined field '${field}'`);
  return known.type;
};

const checkCall = (call: Call, scope: Scope): Type => {
  const { target } = call;
  if (target?.k === 'ident' && scope.find(target.name) === undefined) {
    const qualified = `${target.name}.${call.name}`;
    if (scope.functions.has(qualified)) call.qualified = qualified;
  }
  const operands = target && call.qualified === undefined ? [target, ...call.args] : call.args;
  // What is printed may be of any types: the one place where literals may mix them.
  const isFormat = call.name === 'format' && target !== undefined;
  const types = operands.map((operand, i) =>
    isFormat && i === 1 ? checkMixed(operand, scope) : checkIn(operand, scope),
  );
  if (call.name === '_?_:_') return checkChoice(types);
  if (call.name === '_&&_' || call.name === '_||_')
    operands.forEach((operand, i) => void expectBool(types[i] ?? dyn, operand));
  return resolve(call, types, scope.functions);
};

const checkChoice = ([condition = dyn, yes = dyn, no = dyn]: readonly Type[]): Type => {
  if (!isAssignable(bool, condition)) throw noOverload('_?_:_', [condition, yes, no]);
  if (!isAssignable(yes, no) && !isAssignable(no, yes)) throw noOverload('_?_:_', [condition, yes, no]);
  return merge(yes, no);
};

const resolve = (call: Call, types: readonly Type[], functions: Functions): Type => {
  const isMember = call.target !== undefined && call.qualified === undefined;
  const known = functions.get(call.qualified ?? call.name);
  if (known === undefined) throw new CelError(`undeclared reference to '${call.name}' (in container '')`);
  const fitting: Overload[] = [];
  let result: Type | undefined;
  for (const overload of known) {
    if (overload.member !== isMember || overload.args.length !== types.length) continue;
    const bindings: Bindings = new Map();
    if (!overload.args.every((wanted, i) => isAssignable(wanted, types[i] ?? dyn, bindings))) continue;
    fitting.push(overload);
    const type = substitute(overload.result, bindings);
    result = result === undefined ? type : merge(result, type);
  }
  if (result === undefined) throw noOverload(call.name, types, isMember);
  call.overloads = fitting;
  return result;
};

/** Of a method the first type is what it is called on. */
const noOverload = (name: string, types: readonly Type[], isMember = false): CelError => {
  const names = types.map(printType);
  const target = isMember ? `${names.shift()}.` : '';
  return new CelError(`found no matching overload for '${name}' applied to '${target}(${names.join(', ')})'`);
};

const checkList = (expr: ListExpr, scope: Scope): Type => {
  const types = expr.items.map(({ value, optional }) => unwrap(checkIn(value, scope), optional));
  return listOf(uniform(types), expr.items.length);
};

const checkMixed = (expr: Expr, scope: Scope): Type => {
  if (expr.k !== 'list') return checkIn(expr, scope);
  for (const { value, optional } of expr.items) unwrap(checkIn(value, scope), optional);
  expr.type = listOf(dyn, expr.items.length);
  return expr.type;
};

const checkMap = (expr: MapExpr, scope: Scope): Type => {
  const keys = uniform(expr.entries.map(({ key }) => checkIn(key, scope)));
  if (keys.k === 'list' || keys.k === 'map' || keys.k === 'optional')
    throw new CelError(`unsupported key type: ${keys.k}`);
  const values = uniform(expr.entries.map(({ value, optional }) => unwrap(checkIn(value, scope), optional)));
  return mapOf(keys, values, expr.entries.length);
};

const checkMessage = (expr: MessageExpr, scope: Scope): Type => {
  const type = scope.message?.(expr.name);
  if (type === undefined) throw new CelError(`undeclared reference to '${expr.name}' (in container '')`);
  for (const { name, value, optional } of expr.fields) {
    const wanted = fieldOf(type, name);
    const given = unwrap(checkIn(value, scope), optional);
    if (isAssignable(wanted, given)) continue;
    throw new CelError(
      `expected type of field '${name}' is '${printType(wanted)}' but provided type is '${printType(given)}'`,
    );
  }
  return type;
};

const unwrap = (type: Type, optional: boolean): Type => {
  if (!optional || type.k === 'dyn') return type;
  if (type.k !== 'optional') throw new CelError(`expected type 'optional_type' but found '${printType(type)}'`);
  return type.of;
};

/** Literals of several types are an error, as upstream has it: `dyn()` says that it is meant. */
const uniform = (types: readonly Type[]): Type =>
  types.reduce((all: Type, type) => {
    if (!isAssignable(all, type) && !isAssignable(type, all)) {
      throw new CelError(`expected type '${printType(all)}' but found '${printType(type)}'`);
    }
    return merge(all, type);
  }, param('_'));

const checkFold = (fold: Fold, scope: Scope): Type => {
  const range = checkIn(fold.range, scope);
  const inner = extend(scope, variablesOf(fold, range));
  if (fold.filter) expectBool(checkIn(fold.filter, inner), fold.filter);
  const body = checkIn(fold.body, inner);
  const max = 'max' in range ? range.max : undefined;
  switch (fold.macro) {
    case 'all':
    case 'exists':
    case 'exists_one':
      expectBool(body, fold.body);
      return bool;
    case 'filter':
      expectBool(body, fold.body);
      return range.k === 'map' ? listOf(range.key, max) : listOf(range.k === 'list' ? range.of : dyn, max);
    case 'map':
    case 'transformList':
      return listOf(body, max);
    case 'transformMap':
      return mapOf(range.k === 'map' ? range.key : range.k === 'list' ? int : dyn, body, max);
    case 'transformMapEntry':
      if (body.k !== 'map' && body.k !== 'dyn')
        throw new CelError(`expected type 'map' but found '${printType(body)}'`);
      return body.k === 'map' ? mapOf(body.key, body.of, max) : dyn;
  }
};

const variablesOf = ({ names, range: { at } }: Fold, range: Type): Map<string, Type> => {
  const [first = '', second] = names;
  if (range.k === 'list') {
    return new Map(
      second === undefined
        ? [[first, range.of]]
        : [
            [first, int],
            [second, range.of],
          ],
    );
  }
  if (range.k === 'map')
    return new Map([[first, range.key], ...(second === undefined ? [] : [[second, range.of] as const])]);
  if (range.k !== 'dyn' && range.k !== 'param') {
    throw new CelError(
      `expression of type '${printType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      at,
    );
  }
  return new Map(names.map(name => [name, dyn]));
};

const expectBool = (type: Type, { at }: Expr): void => {
  if (!isAssignable(bool, type)) throw new CelError(`expected type 'bool' but found '${printType(type)}'`, at);
};
