/** Writes the tables and types under `generated/` from `proto/`. Run `npx tsx infra/proto.ts` after a change there. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { isMain } from '../functions/node/ismain.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Path from the repository's root → text of every generated file. */
export const generate = (): Map<string, string> => {
  const files = new Map<string, string>();
  const eve = load('proto/eve');
  for (const [name, text] of eveModules(eve)) files.set(`shared/eve/generated/${name}.ts`, text);
  files.set('shared/eve/generated/table.ts', eveTable(eve));
  files.set('shared/kube/wire/generated/table.ts', kubeTable(load('proto/k8s')));
  return files;
};

const load = (folder: string): protobuf.Root => {
  const tree = new protobuf.Root();
  const base = join(root, folder);
  for (const file of readdirSync(base, { recursive: true, encoding: 'utf8' }).sort()) {
    if (file.endsWith('.proto')) protobuf.parse(readFileSync(join(base, file), 'utf8'), tree, { keepCase: true });
  }
  const timestamp = protobuf.common.get('google/protobuf/timestamp.proto');
  if (folder.endsWith('eve') && timestamp?.nested) tree.addJSON(timestamp.nested);
  tree.resolveAll();
  return tree;
};

const walk = <T>(
  parent: protobuf.NamespaceBase,
  wanted: (item: protobuf.ReflectionObject) => item is T & protobuf.ReflectionObject,
): T[] =>
  parent.nestedArray.flatMap(item => [
    ...(wanted(item) ? [item] : []),
    ...(item instanceof protobuf.Namespace ? walk<T>(item, wanted) : []),
  ]);

const messages = (tree: protobuf.NamespaceBase) => walk<protobuf.Type>(tree, item => item instanceof protobuf.Type);
const enums = (tree: protobuf.NamespaceBase) => walk<protobuf.Enum>(tree, item => item instanceof protobuf.Enum);

/** `.org.lfedge.eve.config.EdgeDevConfig` → `config.EdgeDevConfig`. */
const nameOf = (item: protobuf.ReflectionObject): string =>
  item.fullName.replace(/^\./, '').replace(/^org\.lfedge\.eve\./, '');

// Tables.

const tableBody = (tree: protobuf.Root): string => {
  const lines = (items: [string, string][]) => items.map(([name, text]) => `    '${name}': '${text}',`).join('\n');
  const fields = messages(tree).map((type): [string, string] => [nameOf(type), fieldsOf(type)]);
  const values = enums(tree).map((item): [string, string] => [nameOf(item), valuesOf(item)]);
  return `  messages: {\n${lines(fields)}\n  },\n  enums: {\n${lines(values)}\n  },`;
};

const fieldsOf = (type: protobuf.Type): string =>
  byNumber(type)
    .map(field => `${field.id} ${field.name} ${mark(field)}${notation(field)}${oneofOf(field)}`)
    .join(';');

const byNumber = (type: protobuf.Type): protobuf.Field[] => [...type.fieldsArray].sort((a, b) => a.id - b.id);

const valuesOf = (item: protobuf.Enum): string =>
  Object.entries(item.values)
    .map(([name, number]) => `${number} ${name}`)
    .join(';');

const isOptional = (field: protobuf.Field): boolean => field.options?.proto3_optional === true;
const mark = (field: protobuf.Field): string => (field.repeated ? '*' : isOptional(field) ? '?' : '');
const oneofOf = (field: protobuf.Field): string => (field.partOf && !isOptional(field) ? `|${field.partOf.name}` : '');

const notation = (field: protobuf.Field): string => {
  const type = field.resolvedType;
  const spelled = type === null ? field.type : `${type instanceof protobuf.Enum ? '=' : '.'}${nameOf(type)}`;
  return field instanceof protobuf.MapField ? `map<${field.keyType},${spelled}>` : spelled;
};

const kubeTable = (tree: protobuf.Root): string => `${head}
import type { Table } from '../../../base/table.ts';

export const k8s: Table = {
  syntax: 'proto2',
${tableBody(tree)}
};
`;

const eveTable = (tree: protobuf.Root): string => {
  const names = [...eveModules(tree).keys()];
  const shapes = messages(tree).map(type => `  '${nameOf(type)}': ${shapeOf(type, '')};`);
  return `${head}
import type { Table } from '../../base/table.ts';
${names.map(name => `import type * as ${name} from './${name}.ts';`).join('\n')}

export interface EveMessages {
${shapes.join('\n')}
}

export const eve: Table<EveMessages> = {
  syntax: 'proto3',
${tableBody(tree)}
};
`;
};

// Types.

const eveModules = (tree: protobuf.Root): Map<string, string> => {
  const files = new Map<string, string>();
  const modules = new Map<string, (protobuf.Type | protobuf.Enum)[]>();
  for (const item of [...messages(tree), ...enums(tree)]) {
    modules.set(moduleOf(item), [...(modules.get(moduleOf(item)) ?? []), item]);
  }
  for (const [name, items] of [...modules].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const body = items
      .map(item => (item instanceof protobuf.Type ? interfaceOf(item, name) : enumOf(item)))
      .join('\n\n');
    const uses = new Set([...body.matchAll(/\b(\w+)\.[A-Za-z]\w+/g)].map(match => match[1] ?? ''));
    const imports = [...modules.keys()]
      .filter(other => other !== name && uses.has(other))
      .sort()
      .map(other => `import type * as ${other} from './${other}.ts';\n`);
    files.set(name, `${head}\n${imports.join('')}${imports.length > 0 ? '\n' : ''}${body}\n`);
  }
  return files;
};

/** `config.WifiConfig.cryptoblock` → `config`; `google.protobuf.Timestamp` → `protobuf`. */
const moduleOf = (item: protobuf.ReflectionObject): string => {
  const [first = '', second = ''] = nameOf(item).split('.');
  return first === 'google' ? second : first;
};

const shapeOf = (item: protobuf.ReflectionObject, from: string): string => {
  const names = nameOf(item).split('.');
  const name = names.slice(names[0] === 'google' ? 2 : 1).join('_');
  return moduleOf(item) === from ? name : `${moduleOf(item)}.${name}`;
};

const interfaceOf = (type: protobuf.Type, from: string): string => {
  const lines = byNumber(type).map(field => {
    const oneof = field.partOf && !isOptional(field) ? `  /** Of oneof ${field.partOf.name}. */\n` : '';
    const old = field.options?.deprecated === true ? '  /** @deprecated */\n' : '';
    return `${oneof}${old}  ${field.name}?: ${typeOf(field, from)} | undefined;`;
  });
  return `export interface ${shapeOf(type, from)} {\n${lines.join('\n')}${lines.length > 0 ? '\n' : ''}}`;
};

const typeOf = (field: protobuf.Field, from: string): string => {
  const one = field.resolvedType === null ? (scalars[field.type] ?? 'number') : shapeOf(field.resolvedType, from);
  if (field instanceof protobuf.MapField) return `Record<string, ${one}>`;
  return field.repeated ? (one.includes(' ') ? `(${one})[]` : `${one}[]`) : one;
};

const scalars: Record<string, string> = {
  string: 'string',
  bool: 'boolean',
  bytes: 'Uint8Array',
  int64: 'number | bigint',
  uint64: 'number | bigint',
  sint64: 'number | bigint',
  fixed64: 'number | bigint',
  sfixed64: 'number | bigint',
};

/** Open: a newer device may send numbers that are not listed, so the type is every number. */
const enumOf = (item: protobuf.Enum): string => {
  const name = shapeOf(item, moduleOf(item));
  const values = Object.entries(item.values).map(([label, number]) => `  ${label}: ${number},`);
  return `export const ${name} = {\n${values.join('\n')}\n} as const;\nexport type ${name} = number;`;
};

const head = '// Written by infra/proto.ts from proto/. Do not edit.';

if (isMain(import.meta.url)) {
  for (const [path, text] of generate()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
