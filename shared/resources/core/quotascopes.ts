import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';

/** What is wrong with the scopes of a ResourceQuota, which narrow it to some Pods or claims, with upstream's texts. */
export const checkScopes = ({ spec }: ApiObject): Cause[] => {
  // The shape was checked by the schema before any hook sees the object.
  const { hard = {}, scopes, scopeSelector } = (spec ?? {}) as QuotaSpec;
  const limited = Object.keys(hard);
  return [...checkList(scopes ?? [], limited), ...checkSelector(scopeSelector, scopes, limited)];
};

interface QuotaSpec {
  readonly hard?: object;
  readonly scopes?: readonly string[];
  readonly scopeSelector?: ScopeSelector;
}

interface ScopeSelector {
  readonly matchExpressions?: readonly Expression[];
}

interface Expression {
  readonly scopeName?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

/** What each scope can limit. */
const limits: ReadonlyMap<string, ReadonlySet<string>> = (() => {
  const pods = ['pods'];
  const compute = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];
  const ofPods = new Set([...pods, ...compute]);
  return new Map([
    ['BestEffort', new Set(pods)],
    ['CrossNamespacePodAffinity', ofPods],
    ['NotBestEffort', ofPods],
    ['NotTerminating', ofPods],
    ['PriorityClass', ofPods],
    ['Terminating', ofPods],
    ['VolumeAttributesClass', new Set(['persistentvolumeclaims', 'requests.storage'])],
  ]);
})();

/** Resources that no scope is asked about: objects are counted, and extended resources are, whoever has them. */
const isBeyondScopes = (resource: string): boolean => resource.includes('/');

const opposites = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

const isContradictory = (scopes: readonly unknown[]): boolean =>
  opposites.some(pair => pair.every(scope => scopes.includes(scope)));

const checkList = (scopes: readonly string[], limited: readonly string[]): Cause[] => {
  const path = ['spec', 'scopes'];
  return [
    ...scopes.flatMap(scope => [
      ...(limits.has(scope) ? [] : [cause.invalid(path, scopes, 'unsupported scope')]),
      ...checkLimits(scope, limited, path, scopes),
    ]),
    ...(isContradictory(scopes) ? [cause.invalid(path, scopes, 'conflicting scopes')] : []),
  ];
};

const checkSelector = (
  selector: ScopeSelector | undefined,
  scopes: readonly string[] | undefined,
  limited: readonly string[],
): Cause[] => {
  const path = ['spec', 'scopeSelector', 'matchExpressions'];
  const expressions = selector?.matchExpressions ?? [];
  const isConflicting = isContradictory(expressions.map(({ scopeName }) => scopeName));
  return [
    ...expressions.flatMap(expression => checkExpression(expression, selector, limited, path)),
    ...(isConflicting ? [cause.invalid(path, scopes ?? null, 'conflicting scopes')] : []),
  ];
};

const checkExpression = (
  { scopeName = '', operator = '', values = [] }: Expression,
  selector: ScopeSelector | undefined,
  limited: readonly string[],
  path: Path,
): Cause[] => {
  const causes: Cause[] = [];
  if (!limits.has(scopeName)) causes.push(cause.invalid([...path, 'scopeName'], scopeName, 'unsupported scope'));
  causes.push(...checkLimits(scopeName, limited, path, selector));
  if (plain.has(scopeName) && operator !== 'Exists')
    causes.push(cause.invalid([...path, 'operator'], operator, onlyExists));
  const at = [...path, 'values'];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      causes.push(
        cause.required(at, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"),
      );
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      causes.push(
        cause.invalid(at, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"),
      );
  } else causes.push(cause.invalid([...path, 'operator'], operator, 'not a valid selector operator'));
  return causes;
};

/** Scopes that have no values. */
const plain: ReadonlySet<string> = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
]);
const onlyExists =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

const checkLimits = (scope: string, limited: readonly string[], path: Path, value: unknown): Cause[] => {
  const known = limits.get(scope);
  return limited
    .filter(resource => known && !isBeyondScopes(resource) && !known.has(resource))
    .map(() => cause.invalid(path, value, 'unsupported scope applied to resource'));
};
