import { toEnvironment, toVariablesType } from '../../kube/admission/conditions.ts';
import type { PolicySpec } from '../../kube/admission/policy.ts';
import type { Catalog } from '../../kube/catalog.ts';
import { compile } from '../../kube/cel/compile.ts';
import { declare } from '../../kube/cel/declare.ts';
import { dyn, type Field, mapOf, string, type Type } from '../../kube/cel/type.ts';
import { CelError } from '../../kube/cel/value.ts';
import type { ResourceType } from '../../kube/resource.ts';

/** What a policy's expressions get wrong about the resources that it names, as `status.typeChecking` shows it. */
export const warningsOf = (spec: PolicySpec, catalog: Catalog): { fieldRef: string; warning: string }[] => {
  const types = typesOf(spec, catalog).slice(0, maxTypes);
  if (types.length === 0) return [];
  const found: { fieldRef: string; warning: string }[] = [];
  const look = (fieldRef: string, expression: string | undefined): void => {
    if (expression === undefined) return;
    const texts = types.flatMap(type => problemOf(expression, type, spec));
    if (texts.length > 0) found.push({ fieldRef, warning: texts.join('\n') });
  };
  for (const [i, { expression, messageExpression }] of (spec.validations ?? []).entries()) {
    look(`spec.validations[${i}].expression`, expression);
    look(`spec.validations[${i}].messageExpression`, messageExpression);
  }
  return found;
};

/** As many as upstream looks at. */
const maxTypes = 10;

/** Only resources that are named one by one are looked at. */
const typesOf = ({ matchConstraints }: PolicySpec, catalog: Catalog): ResourceType[] => {
  const types = new Set<ResourceType>();
  for (const { apiGroups = [], apiVersions = [], resources = [] } of matchConstraints?.resourceRules ?? []) {
    for (const group of apiGroups)
      for (const version of apiVersions)
        for (const resource of resources) {
          const type = catalog.byResource(group, version, resource);
          if (type) types.add(type);
        }
  }
  return [...types];
};

const problemOf = (expression: string, type: ResourceType, spec: PolicySpec): string[] => {
  const object = withMetadata(declare(type.schema, true));
  const fields = new Map((spec.variables ?? []).map(({ name }): [string, Field] => [name, { name, type: dyn }]));
  const environment = toEnvironment({ params: true, variables: toVariablesType(fields) });
  const variables = new Map([...environment.variables, ['object', object] as const, ['oldObject', object] as const]);
  try {
    compile(expression, { ...environment, variables });
    return [];
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    const where = type.group === '' ? type.version : `${type.group}/${type.version}`;
    return [`${where}, Kind=${type.kind}: ${error.message}`];
  }
};

/** Policies see all of an object's metadata. */
const withMetadata = (type: Type | undefined): Type => {
  if (type?.k !== 'object') return dyn;
  const texts = mapOf(string, string);
  const names = 'name generateName namespace uid resourceVersion creationTimestamp deletionTimestamp'.split(' ');
  const fields = new Map<string, Field>([
    ...names.map((name): [string, Field] => [name === 'namespace' ? '__namespace__' : name, { name, type: string }]),
    ...names.map((name): [string, Field] => [name, { name, type: string }]),
    ['labels', { name: 'labels', type: texts }],
    ['annotations', { name: 'annotations', type: texts }],
    ...['generation', 'finalizers', 'ownerReferences', 'managedFields'].map((name): [string, Field] => [
      name,
      { name, type: dyn },
    ]),
  ]);
  const metadata: Type = { k: 'object', name: 'ObjectMeta', fields };
  return { ...type, fields: new Map([...type.fields, ['metadata', { name: 'metadata', type: metadata }]]) };
};
