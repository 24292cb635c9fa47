import { fn, method, type Overload, once } from '../function.ts';
import { bool, int, opaque, string } from '../type.ts';
import { CelError, Opaque } from '../value.ts';

/** A semantic version; build metadata does not count in comparisons (semver.org 2.0.0). */
class SemverValue extends Opaque {
  readonly typeName = 'kubernetes.Semver';
  readonly version: Version;
  constructor(version: Version) {
    super();
    this.version = version;
  }
  equals(other: Opaque): boolean {
    return other instanceof SemverValue && compareVersions(this.version, other.version) === 0;
  }
}

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly pre: readonly string[];
}

const pattern =
  /^(0|[1-9]\d{0,18})\.(0|[1-9]\d{0,18})\.(0|[1-9]\d{0,18})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

const parseVersion = (text: string): Version | undefined => {
  const match = text.length > 256 ? null : pattern.exec(text);
  if (!match) return undefined;
  const [, major = '0', minor = '0', patch = '0', pre] = match;
  const identifiers = pre === undefined ? [] : pre.split('.');
  if (identifiers.some(part => /^0\d+$/.test(part))) return undefined;
  return { numbers: [BigInt(major), BigInt(minor), BigInt(patch)], pre: identifiers };
};

/** `v1.2` → `1.2.0`, leading zeros dropped. */
const normalize = (text: string): string => {
  const bare = text.trim().replace(/^v/, '');
  const [, core = '', rest = ''] = /^([\d.]*)(.*)$/s.exec(bare) ?? [];
  const parts = core.split('.').map(part => part.replace(/^0+(?=\d)/, ''));
  if (parts.length < 3 && rest !== '') return bare;
  while (parts.length < 3) parts.push('0');
  return parts.join('.') + rest;
};

const toVersion = (text: string): SemverValue => {
  const version = parseVersion(text);
  if (!version) throw new CelError(`Invalid semantic version ${JSON.stringify(text.slice(0, 100))}`);
  return new SemverValue(version);
};

const compareVersions = (a: Version, b: Version): number => {
  for (const i of [0, 1, 2] as const) {
    if (a.numbers[i] !== b.numbers[i]) return a.numbers[i] < b.numbers[i] ? -1 : 1;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length);
  for (let i = 0; i < Math.max(a.pre.length, b.pre.length); i += 1) {
    const [left, right] = [a.pre[i], b.pre[i]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return 0;
};

const compareIdentifiers = (a: string, b: string): number => {
  const [numericA, numericB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (numericA !== numericB) return numericA ? -1 : 1;
  if (!numericA) return a < b ? -1 : a > b ? 1 : 0;
  return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
};

const semverType = opaque('kubernetes.Semver');
// Signatures are checked before functions run: the casts below say what they say.
const of = (value: unknown): Version => (value as SemverValue).version;

/** Kubernetes' semantic versions library; a second argument `true` asks for lenient reading. */
export const semver: readonly Overload[] = [
  fn('semver', [string], semverType, ([a]) => toVersion(a as string), { cost: once() }),
  fn('semver', [string, bool], semverType, ([a, b]) => toVersion(b ? normalize(a as string) : (a as string)), {
    cost: once(),
  }),
  fn('isSemver', [string], bool, ([a]) => parseVersion(a as string) !== undefined, { cost: once() }),
  fn(
    'isSemver',
    [string, bool],
    bool,
    ([a, b]) => parseVersion(b ? normalize(a as string) : (a as string)) !== undefined,
    {
      cost: once(),
    },
  ),
  method('major', [semverType], int, ([a]) => of(a).numbers[0]),
  method('minor', [semverType], int, ([a]) => of(a).numbers[1]),
  method('patch', [semverType], int, ([a]) => of(a).numbers[2]),
  method('isGreaterThan', [semverType, semverType], bool, ([a, b]) => compareVersions(of(a), of(b)) > 0),
  method('isLessThan', [semverType, semverType], bool, ([a, b]) => compareVersions(of(a), of(b)) < 0),
  method('compareTo', [semverType, semverType], int, ([a, b]) => BigInt(compareVersions(of(a), of(b)))),
];
