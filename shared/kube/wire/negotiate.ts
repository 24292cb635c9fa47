import { notAcceptable, unsupportedMediaType } from '../faults.ts';

/** What a client is answered with. */
export interface Accepted {
  readonly format: Format;
  /** The other form of the object that the client asked for. */
  readonly as?: Transform;
  /** Indent JSON. */
  readonly pretty: boolean;
}

type Format = 'json' | 'yaml';

interface Transform {
  readonly kind: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** Of group meta.k8s.io. */
  readonly version: 'v1' | 'v1beta1';
}

/** What an endpoint can do. */
export interface Offer {
  /** Transforms it allows; none for errors, reviews and Status. */
  readonly transforms?: readonly Transform['kind'][];
  /** Watches stream JSON only. */
  readonly formats?: readonly Format[];
}

const transforms = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'] as const;

/** Offers of the usual endpoints. That one form is for objects and the other for lists is found out when there is one. */
export const offers = {
  object: { transforms },
  watch: { transforms, formats: ['json'] },
  plain: {},
} as const satisfies Record<string, Offer>;

/**
 * Picks the form of the answer from the Accept header (kubernetes-api reference §1.3): clauses in order of q, the first
 * that the endpoint can serve. Objects are never answered as protobuf.
 *
 * @throws Fault NotAcceptable
 */
export const negotiate = (request: Request, offer: Offer = offers.plain): Accepted => {
  const formats = offer.formats ?? ['json', 'yaml'];
  const pretty = isPretty(request);
  for (const clause of parseAccept(request.headers.get('accept') ?? '')) {
    const accepted = fit(clause, formats, offer.transforms ?? []);
    if (accepted) return { ...accepted, pretty: accepted.pretty || pretty };
  }
  throw notAcceptable(formats.map(format => mediaTypes[format]));
};

/** The form of an error: the client's wish without any transform, JSON when it can have none. */
export const negotiateError = (request: Request): Accepted => {
  try {
    return negotiate(request);
  } catch {
    return { format: 'json', pretty: isPretty(request) };
  }
};

export const mediaTypes = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
} as const;

/**
 * The format of a request body from its Content-Type; parameters are ignored, no type means JSON. `supported` are the
 * formats that the endpoint reads: protobuf is for native types alone.
 *
 * @throws Fault UnsupportedMediaType
 */
export const toBodyFormat = (contentType: string | null, supported: readonly BodyFormat[]): BodyFormat => {
  const media = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (media === '') return 'json';
  const format = supported.find(name => mediaTypes[name] === media);
  if (format === undefined) throw unsupportedMediaType(supported.map(name => mediaTypes[name]));
  return format;
};

export type BodyFormat = keyof typeof mediaTypes;

/** One clause of an Accept header; type, subtype and the names of parameters in lower case. */
export interface Clause {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The clauses of an Accept header, best first. Those with q=0 and what is no media range are left out. */
export const parseAccept = (header: string): Clause[] => {
  if (header.trim() === '') return [{ type: '*', subtype: '*', parameters: new Map() }];
  const clauses = header
    .split(',')
    .slice(0, maxClauses)
    .flatMap(text => parseClause(text));
  return clauses
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q)
    .map(({ q: _, ...clause }) => clause);
};

/** More than any client sends. */
const maxClauses = 64;

const parseClause = (text: string): (Clause & { q: number })[] => {
  const [range = '', ...rest] = text.split(';').map(part => part.trim());
  const [type, subtype, ...more] = range.toLowerCase().split('/');
  if (!type || !subtype || more.length > 0)
    return type === '*' ? [{ type, subtype: '*', q: 1, parameters: new Map() }] : [];
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf('=');
    if (at > 0) parameters.set(part.slice(0, at).trim().toLowerCase(), unquote(part.slice(at + 1).trim()));
  }
  const q = Number.parseFloat(parameters.get('q') ?? '1');
  return [{ type, subtype, q: Number.isNaN(q) ? 1 : q, parameters }];
};

const unquote = (text: string): string => (/^".*"$/.test(text) ? text.slice(1, -1) : text);

const fit = (clause: Clause, formats: readonly Format[], transforms: readonly string[]): Accepted | undefined => {
  const format = formats.find(name => matches(clause, mediaTypes[name]));
  if (format === undefined) return undefined;
  const { parameters } = clause;
  const stream = parameters.get('stream');
  if (stream !== undefined && stream !== 'watch') return undefined;
  const pretty = parameters.get('pretty') === '1';
  const as = parameters.get('as');
  if (as === undefined) return { format, pretty };
  const version = parameters.get('v');
  const known = parameters.get('g') === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1');
  if (!known || !transforms.includes(as)) return undefined;
  // One of `transforms`, which hold nothing else.
  return { format, pretty, as: { kind: as as Transform['kind'], version } };
};

/** Whether a clause covers a media type in lower case. */
export const matches = ({ type, subtype }: Clause, mediaType: string): boolean => {
  if (type === '*') return subtype === '*';
  const [ownType, ownSubtype] = mediaType.split('/');
  return type === ownType && (subtype === '*' || subtype === ownSubtype);
};

const isPretty = (request: Request): boolean => {
  const wish = new URL(request.url).searchParams.get('pretty');
  if (wish) return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(wish);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(request.headers.get('user-agent') ?? '');
};
