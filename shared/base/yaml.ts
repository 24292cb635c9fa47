import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Parser,
  type Scalar,
  stringify,
  type Tags,
  type YAMLMap,
} from 'yaml';
import { Fault } from './fault.ts';
import { defaultMaxDepth, type JsonOptions, parseJson, toNumber } from './json.ts';
import type { Json, JsonMap } from './object.ts';

/**
 * Reads one YAML 1.1 document as JSON, the way Kubernetes reads YAML: `y`, `no`, `on` are booleans, `012` is eight, dates
 * and `12:30` are strings, keys are strings, `<<` merges. Several documents, tags of one's own, cycles and documents that
 * grow without measure through aliases are refused.
 *
 * @throws Fault BadRequest
 */
export const parseYaml = (input: string | Uint8Array, options: JsonOptions = {}): Json => {
  const text = typeof input === 'string' ? input : new TextDecoder('utf-8').decode(input);
  return asJson(text, options) ?? new Reader(toDocument(text), options).read();
};

/** Prints a JSON value as YAML that a YAML 1.1 reader reads back the same. */
export const printYaml = (value: Json): string =>
  stringify(value, {
    version: '1.1',
    schema: 'yaml-1.1',
    lineWidth: 0,
    aliasDuplicateObjects: false,
    sortMapEntries: true,
    indentSeq: false,
  });

/** Nodes that aliases and merges may add to a document. */
const maxExpanded = 100_000;

/** Reading YAML costs a hundred times what JSON costs. */
const maxYamlLength = 524_288;

/** Most bodies called YAML are JSON. What looks like it but is not (flow style) is read as YAML. */
const asJson = (text: string, options: JsonOptions): Json | undefined => {
  if (!/^\s*[{[]/.test(text)) return undefined;
  const duplicates: string[] = [];
  const { onDuplicate, ...rest } = options;
  try {
    const value = parseJson(text, onDuplicate ? { ...rest, onDuplicate: path => duplicates.push(path) } : rest);
    for (const path of duplicates) onDuplicate?.(path);
    return value;
  } catch {
    return undefined;
  }
};

const toDocument = (text: string): Document.Parsed | undefined => {
  if (text.length > maxYamlLength)
    throw refused(`document is longer than ${maxYamlLength} characters; send it as JSON`);
  const tokens = toTokens(text);
  // The composer recurses: how deep is known before it starts.
  if (depthOf(tokens) > maxTokenDepth) throw refused('exceeded max depth');
  const composer = new Composer({
    version: '1.1',
    schema: 'yaml-1.1',
    customTags: kubernetesTags,
    intAsBigInt: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  for (const { errors } of documents) {
    const [error] = errors;
    if (error) throw refused(`line ${lineAt(text, error.pos[0])}: ${firstLine(error.message)}`);
  }
  const filled = documents.filter(({ contents }) => !isScalar(contents) || contents.source !== '');
  if (filled.length > 1) throw refused('only one document is allowed');
  return filled[0];
};

/** Ends at the first that cannot stand where it stands: each of many takes the composer as long as a page of others. */
const toTokens = (text: string): CST.Token[] => {
  const tokens: CST.Token[] = [];
  for (const token of new Parser().parse(text)) {
    if (token.type === 'error') {
      const source = token.source ? `: ${JSON.stringify(token.source)}` : '';
      throw refused(`line ${lineAt(text, token.offset)}: ${firstLine(token.message + source)}`);
    }
    tokens.push(token);
  }
  return tokens;
};

/** Documents and containers count, and each is a token or two. */
const maxTokenDepth = 2 * defaultMaxDepth;

const depthOf = (tokens: readonly CST.Token[]): number => {
  let deepest = 0;
  const open: [token: CST.Token, depth: number][] = tokens.map(token => [token, 1]);
  for (let next = open.pop(); next; next = open.pop()) {
    const [token, depth] = next;
    deepest = Math.max(deepest, depth);
    if (token.type === 'document' && token.value) open.push([token.value, depth + 1]);
    if (!('items' in token)) continue;
    for (const { key, value } of token.items as CST.CollectionItem[]) {
      if (key) open.push([key, depth + 1]);
      if (value) open.push([value, depth + 1]);
    }
  }
  return deepest;
};

/** Dates, base-60 numbers, binary and collections of YAML's own are not known to Kubernetes' reader. */
const kubernetesTags = (tags: Tags): Tags =>
  tags.filter(tag => {
    if (typeof tag === 'string')
      return !['timestamp', 'binary', 'omap', 'pairs', 'set', 'intTime', 'floatTime'].includes(tag);
    return tag.format !== 'TIME' && !/:(timestamp|binary|omap|pairs|set)$/.test(tag.tag);
  });

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

const firstLine = (message: string): string => message.split('\n', 1)[0]?.slice(0, 200) ?? '';

class Reader {
  readonly #contents: unknown;
  readonly #maxDepth: number;
  readonly #onDuplicate: ((path: string) => void) | undefined;
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  #expanded = 0;
  #inAlias = 0;

  constructor(document: Document.Parsed | undefined, { maxDepth = defaultMaxDepth, onDuplicate }: JsonOptions) {
    this.#contents = document?.contents;
    this.#maxDepth = maxDepth;
    this.#onDuplicate = onDuplicate;
  }

  read(): Json {
    return this.#value(this.#contents, '', 0);
  }

  #value(node: unknown, path: string, depth: number): Json {
    if (depth > this.#maxDepth) throw refused('exceeded max depth');
    if (this.#inAlias > 0 && ++this.#expanded > maxExpanded) throw refused('document contains excessive aliasing');
    if (isAlias(node)) return this.#alias(node, path, depth);
    if (isScalar(node)) {
      if (node.anchor) this.#anchors.set(node.anchor, node as Node);
      return this.#scalar(node);
    }
    if (!isMap(node) && !isSeq(node)) return null;
    this.#checkTag(node.tag);
    if (node.anchor) this.#anchors.set(node.anchor, node as Node);
    this.#open.add(node as Node);
    const value = isMap(node)
      ? this.#map(node, path, depth)
      : node.items.map((item, index) => this.#value(item, `${path}[${index}]`, depth + 1));
    this.#open.delete(node as Node);
    return value;
  }

  #map(map: YAMLMap, path: string, depth: number): JsonMap {
    const object: JsonMap = {};
    const merged: JsonMap[] = [];
    for (const pair of map.items) {
      if (isMergeKey(pair.key)) {
        merged.push(...this.#merge(pair.value, path, depth));
        continue;
      }
      const key = this.#key(pair.key);
      const at = path === '' ? key : `${path}.${key}`;
      if (Object.hasOwn(object, key)) this.#onDuplicate?.(at);
      object[key] = this.#value(pair.value, at, depth + 1);
    }
    for (const more of merged)
      for (const [key, value] of Object.entries(more)) if (!Object.hasOwn(object, key)) object[key] = value;
    return object;
  }

  #merge(node: unknown, path: string, depth: number): JsonMap[] {
    const value = this.#value(node, path, depth + 1);
    const list = Array.isArray(value) ? value : [value];
    return list.map(item => {
      if (item === null || typeof item !== 'object' || Array.isArray(item))
        throw refused('map merge requires map or sequence of maps as the value');
      return item;
    });
  }

  #key(node: unknown): string {
    const value = isAlias(node) || isScalar(node) ? this.#value(node, '', 0) : undefined;
    if (value === undefined || value === null || typeof value === 'object') throw refused('invalid map key');
    const key = String(value);
    if (key === '__proto__') throw new Fault('BadRequest', 'the key "__proto__" is not allowed');
    return key;
  }

  #alias(alias: Alias, path: string, depth: number): Json {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) throw refused(`unknown anchor '${alias.source}' referenced`);
    if (this.#open.has(target)) throw refused(`anchor '${alias.source}' value contains itself`);
    this.#inAlias++;
    const value = this.#value(target, path, depth);
    this.#inAlias--;
    return value;
  }

  #scalar(scalar: Scalar): Json {
    this.#checkTag(scalar.tag);
    const { value } = scalar;
    if (typeof value === 'bigint') return toNumber(value.toString(), true);
    // The parser takes a text such as e1 for a number without digits.
    if (Number.isNaN(value) && scalar.source && !/^\.nan$/i.test(scalar.source)) return scalar.source;
    if (typeof value === 'number' && !Number.isFinite(value)) throw refused(`json: unsupported value: ${value}`);
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return value;
    return scalar.source ?? null;
  }

  #checkTag(tag: string | undefined): void {
    if (tag !== undefined && !knownTag.test(tag)) throw refused(`tag ${tag} is not supported`);
  }
}

const knownTag = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq|merge)$|^[!?]$/;

const isMergeKey = (key: unknown): boolean => isScalar(key) && key.type === 'PLAIN' && key.source === '<<';

const refused = (why: string): Fault => new Fault('BadRequest', why.startsWith('json:') ? why : `yaml: ${why}`);
