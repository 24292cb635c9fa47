/** Writes the manifests under `docs/crds/` from the declared kinds. Run `npx tsx infra/crds.ts` after a change of one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { isMain } from '../functions/node/ismain.ts';
import { getOwn } from '../shared/base/own.ts';
import { definitions } from '../shared/kube/extend/definition.ts';
import type { ResourceType } from '../shared/kube/resource.ts';
import type { Schema } from '../shared/kube/schema/schema.ts';
import { eveKinds } from '../shared/resources/eve/kinds.ts';
import { kubeveKinds } from '../shared/resources/kubeve/kinds.ts';
import { createMemoryStore } from '../shared/store/drivers/memory.ts';

/** Path from the repository's root → text of every manifest. */
export const generate = (): Map<string, string> => {
  const { marks } = createMemoryStore({ clock: { now: () => 0 } });
  return new Map(
    [...eveKinds(marks), ...kubeveKinds].map(type => [
      `docs/crds/${type.group}_${type.plural}.yaml`,
      print(toDefinition(type)),
    ]),
  );
};

const print = (definition: object): string => stringify(definition, { lineWidth: 120, aliasDuplicateObjects: false });

/** The CustomResourceDefinition that another server would need to keep objects of this kind. */
const toDefinition = (type: ResourceType): object => ({
  apiVersion: `${definitions.group}/${definitions.version}`,
  kind: 'CustomResourceDefinition',
  metadata: { name: `${type.plural}.${type.group}` },
  spec: {
    group: type.group,
    names: {
      plural: type.plural,
      singular: type.singular,
      kind: type.kind,
      listKind: type.listKind,
      ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
      ...(type.categories.length > 0 && { categories: type.categories }),
    },
    scope: type.scope,
    versions: [toVersion(type)],
  },
});

const toVersion = (type: ResourceType): object => {
  const columns = type.columns.flatMap(({ value: _, ...column }) => (column.jsonPath === undefined ? [] : [column]));
  const selectable = Object.entries(type.selectable)
    .filter(([label, path]) => label === path && isScalar(type.schema, path))
    .map(([, path]) => ({ jsonPath: `.${path}` }))
    .slice(0, maxSelectable);
  return {
    name: type.version,
    served: true,
    storage: true,
    ...(columns.length > 0 && { additionalPrinterColumns: columns }),
    ...(selectable.length > 0 && { selectableFields: selectable }),
    schema: { openAPIV3Schema: toStructural({ ...type.schema, description: type.description }, true) },
    ...((type.hasStatus || type.scale) && {
      subresources: { ...(type.hasStatus && { status: {} }), ...(type.scale && { scale: type.scale }) },
    }),
  };
};

/** As many as a definition may have. */
const maxSelectable = 8;

const isScalar = (schema: Schema, path: string): boolean => {
  let node: Schema | undefined = schema;
  for (const step of path.split('.')) node = node && getOwn(node.properties ?? {}, step);
  return node?.type === 'string' || node?.type === 'boolean' || node?.type === 'integer';
};

/** Without what only native types say; the root names the fields that every object has. */
const toStructural = (schema: Schema, isRoot = false): Schema => {
  const { 'x-kubernetes-patch-strategy': _, 'x-kubernetes-patch-merge-key': __, ...kept } = schema;
  const { properties, items, additionalProperties, ...rest } = kept;
  const common = isRoot
    ? { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } }
    : {};
  return {
    ...rest,
    ...(properties && { properties: { ...common, ...mapValues(properties, toStructural) } as Record<string, Schema> }),
    ...(items && { items: toStructural(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'object' ? toStructural(additionalProperties) : additionalProperties,
    }),
  };
};

const mapValues = (map: Record<string, Schema>, to: (schema: Schema) => Schema): Record<string, Schema> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, to(value)]));

if (isMain(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  for (const [path, text] of generate()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
