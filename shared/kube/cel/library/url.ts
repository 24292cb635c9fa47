import { fn, method, type Overload, once, type Size, sizeAt } from '../function.ts';
import { bool, listOf, mapOf, opaque, string } from '../type.ts';
import { CelError, Entries, Items, Opaque, type Value } from '../value.ts';

/** An absolute URL or an absolute path, as Go's `url.ParseRequestURI` reads it. */
class UrlValue extends Opaque {
  readonly typeName = 'kubernetes.URL';
  readonly parts: Parts;
  constructor(parts: Parts) {
    super();
    this.parts = parts;
  }
  equals(other: Opaque): boolean {
    return other instanceof UrlValue && other.parts.text === this.parts.text;
  }
}

interface Parts {
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

const pattern = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:[^/?@\s]*@)?([^/?\s]*))?(\/[^?\s]*|)(?:\?([^\s]*))?$/;
const host = /^(?:\[[0-9A-Fa-f:.]+(?:%25[^\]]*)?\]|[^:[\]<>"\\^`{|}]*)(?::\d*)?$/;

const read = (text: string): Parts | undefined => {
  const match = pattern.exec(text);
  if (!match || text === '' || hasControls(text) || /%(?![0-9A-Fa-f]{2})/.test(match[3] ?? '')) return undefined;
  const [, scheme = '', authority = '', path = '', query = ''] = match;
  if (scheme === '' && !path.startsWith('/')) return undefined;
  return host.test(authority) ? { text, scheme: scheme.toLowerCase(), host: authority, path, query } : undefined;
};

const hasControls = (text: string): boolean => [...text].some(letter => letter < ' ' || letter === '\x7f');

const toUrl = (text: string): UrlValue => {
  const parts = read(text);
  if (!parts)
    throw new CelError(`URL parse error during conversion from string: parse ${JSON.stringify(text.slice(0, 100))}`);
  return new UrlValue(parts);
};

const decodePath = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const toHostname = (authority: string): string => {
  const bracketed = /^\[([^\]]*)\]/.exec(authority);
  return bracketed?.[1] ?? authority.replace(/:\d*$/, '');
};

const toQuery = (query: string): Value => {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) values.set(name, [...(values.get(name) ?? []), value]);
  return new Entries([...values].map(([name, all]) => [name, new Items(all)] as const));
};

const urlType = opaque('kubernetes.URL');
const same = (sizes: readonly Size[]): number => sizeAt(sizes, 0);

// Signatures are checked before functions run: the casts below say what they say.
const part = (name: string, get: (parts: Parts) => string): Overload =>
  method(name, [urlType], string, ([a]) => get((a as UrlValue).parts));

/** Kubernetes' URL library. */
export const url: readonly Overload[] = [
  fn('url', [string], urlType, ([a]) => toUrl(a as string), { cost: once(), grows: same }),
  fn('isURL', [string], bool, ([a]) => read(a as string) !== undefined, { cost: once() }),
  part('getScheme', parts => parts.scheme),
  part('getHost', parts => parts.host),
  part('getHostname', parts => toHostname(parts.host)),
  part('getPort', parts => /:(\d*)$/.exec(parts.host.replace(/^\[[^\]]*\]/, ''))?.[1] ?? ''),
  part('getEscapedPath', parts => encodeURI(decodePath(parts.path))),
  method('getQuery', [urlType], mapOf(string, listOf(string)), ([a]) => toQuery((a as UrlValue).parts.query)),
];
