import type { Catalog } from '../../catalog.ts';
import type { ResourceType } from '../../resource.ts';
import { minor } from '../version.ts';
import { type Model, sortModels, toSharedModels, toTypeModels } from './models.ts';
import { type Operation, toOperations } from './operations.ts';
import { partsOf, pathParameters, pretty, type QueryParameter, queryParameters } from './parameters.ts';

/** A JSON document; built of models and literals only. */
export type DocumentJson = Record<string, unknown>;

/** What the document of one group version is made of: as long as it is the same, so is the document. */
export interface V3Parts {
  /** Those of the group version. */
  readonly types: readonly ResourceType[];
  /** Those and the built-in ones: whatever is deleted by the document's DeleteOptions. */
  readonly deletable: readonly ResourceType[];
}

/** The parts of a group version; undefined when it is not served. */
export const toV3Parts = (catalog: Catalog, group: string, version: string): V3Parts | undefined => {
  const isOwn = (type: ResourceType): boolean => type.group === group && type.version === version;
  const types = catalog.all().filter(isOwn);
  const deletable = catalog.all().filter(type => type.definition === undefined || isOwn(type));
  return types.length === 0 ? undefined : { types, deletable };
};

/** The OpenAPI 3.0 document of one group version (kubernetes-api reference §1.6). */
export const toOpenApiV3 = (catalog: Catalog, { types, deletable }: V3Parts): DocumentJson => {
  const operations = types.flatMap(type => toOperations(catalog, type));
  const own = types.map(type => toTypeModels(catalog, type));
  const schemas = sortModels(Object.assign({}, toSharedModels(deletable), ...own));
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: `1.${minor}` },
    paths: toPaths(operations, toShared, toOperation),
    components: { schemas, securitySchemes },
  };
};

/** Operations printed and put together by path; `shared` are the parameters of all that have the path. */
export const toPaths = (
  operations: readonly Operation[],
  shared: (operation: Operation) => unknown[],
  print: (operation: Operation) => DocumentJson,
): DocumentJson => {
  const paths: Record<string, DocumentJson> = {};
  for (const operation of operations) {
    const item = paths[operation.path] ?? { parameters: shared(operation) };
    paths[operation.path] = item;
    item[operation.method] = print(operation);
  }
  return paths;
};

/** The document named `version`: the one path that is no resource and clients still look for. */
export const versionDocument: DocumentJson = {
  openapi: '3.0.0',
  info: { title: 'Kubernetes', version: `1.${minor}` },
  paths: {
    '/version/': {
      get: {
        tags: ['version'],
        description: 'get the version information for this server',
        operationId: 'getCodeVersion',
        responses: { '200': { description: 'OK', content: { 'application/json': { schema: { type: 'object' } } } } },
      },
    },
  },
  components: { schemas: {}, securitySchemes: {} },
};

const securitySchemes = {
  BearerToken: {
    type: 'apiKey',
    description: 'Bearer token: "Bearer " and the token.',
    name: 'authorization',
    in: 'header',
  },
};

/** Parameters of the path, and what every operation takes. */
const toShared = ({ path, kind }: Operation): unknown[] => [
  ...partsOf(path).map(name => ({
    name,
    in: 'path',
    description: pathParameters[name]?.(kind.kind) ?? '',
    required: true,
    schema: { type: 'string', uniqueItems: true },
  })),
  toQuery('pretty', pretty),
];

const toQuery = (name: string, { type, description }: QueryParameter) => ({
  name,
  in: 'query',
  description,
  schema: { type, uniqueItems: true },
});

const toOperation = (operation: Operation): DocumentJson => {
  const { body, answer, query, kind } = operation;
  return {
    tags: [operation.tag],
    description: operation.description,
    operationId: operation.operationId,
    ...(query.length > 0 && { parameters: query.map(name => toQuery(name, queryParameters[name])) }),
    ...(body && {
      requestBody: { content: toContent(body.formats, body.model), ...(body.required && { required: true }) },
    }),
    responses: {
      ...Object.fromEntries(
        answer.codes.map(code => [
          String(code),
          { description: reasonOf(code), content: toContent(operation.produces, answer.model) },
        ]),
      ),
      '401': { description: 'Unauthorized' },
    },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind },
  };
};

const toContent = (formats: readonly string[], model: string) => {
  const schema: Model = { $ref: `#/components/schemas/${model}` };
  return Object.fromEntries(formats.map(format => [format, { schema }]));
};

export const reasonOf = (code: number): string => (code === 201 ? 'Created' : code === 202 ? 'Accepted' : 'OK');
