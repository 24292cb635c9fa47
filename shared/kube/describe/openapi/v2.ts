import type { Catalog } from '../../catalog.ts';
import type { ResourceType } from '../../resource.ts';
import { minor } from '../version.ts';
import { type Model, type Models, toSharedModels, toTypeModels } from './models.ts';
import { type Operation, toOperations } from './operations.ts';
import { partsOf, pathParameters, pretty, type QueryParameter, queryParameters } from './parameters.ts';
import { type DocumentJson, reasonOf, toPaths } from './v3.ts';

/** One type's share of the Swagger 2.0 document. */
export interface V2Part {
  readonly paths: DocumentJson;
  readonly definitions: DocumentJson;
}

/** What one type adds to the document; follows from what `toTypeModels` follows from. */
export const toV2Part = (catalog: Catalog, type: ResourceType): V2Part => ({
  paths: toPaths(toOperations(catalog, type), toShared, toOperation),
  definitions: toDefinitions(toTypeModels(catalog, type)),
});

/**
 * The Swagger 2.0 document without any type's share. What Swagger 2 cannot say is left out of the schemas, which only makes
 * clients more lenient: the server validates by the full ones.
 */
export const toV2Frame = (catalog: Catalog): DocumentJson & V2Part => ({
  swagger: '2.0',
  info: { title: 'Kubernetes', version: `1.${minor}` },
  paths: {},
  definitions: toDefinitions(toSharedModels(catalog.all())),
  securityDefinitions: {
    BearerToken: {
      description: 'Bearer token: "Bearer " and the token.',
      type: 'apiKey',
      name: 'authorization',
      in: 'header',
    },
  },
  security: [{ BearerToken: [] }],
});

const toDefinitions = (models: Models): DocumentJson => mapValues(models, toDefinition);

const toShared = ({ path, kind }: Operation): unknown[] => [
  ...partsOf(path).map(name => ({
    uniqueItems: true,
    type: 'string',
    description: pathParameters[name]?.(kind.kind) ?? '',
    name,
    in: 'path',
    required: true,
  })),
  toQuery('pretty', pretty),
];

const toQuery = (name: string, { type, description }: QueryParameter) => ({
  uniqueItems: true,
  type,
  description,
  name,
  in: 'query',
});

const toOperation = (operation: Operation): DocumentJson => {
  const { body, answer, query, kind } = operation;
  const schema = { $ref: `#/definitions/${answer.model}` };
  const parameters = [
    ...(body
      ? [
          {
            name: 'body',
            in: 'body',
            ...(body.required && { required: true }),
            schema: { $ref: `#/definitions/${body.model}` },
          },
        ]
      : []),
    ...query.map(name => toQuery(name, queryParameters[name])),
  ];
  return {
    description: operation.description,
    consumes: body ? [...body.formats] : ['application/json', 'application/yaml'],
    produces: [...operation.produces],
    schemes: ['https'],
    tags: [operation.tag],
    operationId: operation.operationId,
    ...(parameters.length > 0 && { parameters }),
    responses: {
      ...Object.fromEntries(answer.codes.map(code => [String(code), { description: reasonOf(code), schema }])),
      '401': { description: 'Unauthorized' },
    },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind },
  };
};

/** Everything of these is beyond Swagger 2, or refused by readers of it. */
const beyond = new Set(['nullable', 'anyOf', 'oneOf', 'not', 'allOf', 'example', 'x-kubernetes-validations']);

const toDefinition = (model: Model): DocumentJson => {
  const reference = model.$ref ?? model.allOf?.find(({ $ref }) => $ref !== undefined)?.$ref;
  if (reference !== undefined) {
    const $ref = reference.replace('#/components/schemas/', '#/definitions/');
    return model.description === undefined ? { $ref } : { description: model.description, $ref };
  }
  const out: DocumentJson = {};
  for (const [key, value] of Object.entries(model)) if (!beyond.has(key)) out[key] = value;
  // Null is not a type in Swagger 2: a field that may be null can be anything.
  if (model.nullable) for (const key of ['type', 'items', 'properties', 'additionalProperties']) delete out[key];
  else if (model['x-kubernetes-preserve-unknown-fields'] && model['x-kubernetes-group-version-kind'] === undefined) {
    delete out.items;
    delete out.properties;
  } else {
    if (model.properties) out.properties = mapValues(model.properties, toDefinition);
    if (model.items) out.items = toDefinition(model.items);
    if (typeof model.additionalProperties === 'object')
      out.additionalProperties = toDefinition(model.additionalProperties);
  }
  return out;
};

const mapValues = <A, B>(map: Record<string, A>, to: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, to(value)]));
