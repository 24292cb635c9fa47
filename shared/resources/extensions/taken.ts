import { namesTaken, type Taken } from '../../kube/extend/accept.ts';
import { type Definition, definitions, toDefinition } from '../../kube/extend/definition.ts';
import type { Registry } from '../../kube/registry/registry.ts';

/** Names that other definitions of the group and the built-in types of it have. */
export const takenBesides = async (registry: Registry, definition: Definition): Promise<Taken> => {
  const group = definition.spec?.group ?? '';
  const others = await registry.findByTerm(
    registry.catalog.get(definitions.group, definitions.plural),
    `group=${group}`,
  );
  const builtIn = registry.catalog
    .all()
    .filter(type => type.group === group && type.definition === undefined)
    .filter(({ plural }) => plural !== definition.spec?.names?.plural);
  return namesTaken([
    ...builtIn.map(type => ({ ...type, shortNames: [...type.shortNames], categories: [] })),
    ...others
      .filter(({ metadata }) => metadata.name !== definition.metadata.name)
      .map(other => toDefinition(other))
      .map(({ status }) => status?.acceptedNames ?? {}),
  ]);
};
