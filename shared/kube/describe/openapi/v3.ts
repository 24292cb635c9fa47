import type { Catalog } from '../../catalog.ts';
import { minor } from '../version.ts';
import { type Model, toModels } from './models.ts';
import { type Operation, toOperations } from './operations.ts';
import { partsOf, pathParameters, pretty, type QueryParameter, queryParameters } from './parameters.ts';

/** A JSON document; built of models and literals only. */
export type DocumentJson = Record<string, unknown>;

/**
 * The OpenAPI 3.0 document of one group version (kubernetes-api reference §1.6); undefined when it is not served.
 */
export const toOpenApiV3 = (catalog: Catalog, group: string, version: string): DocumentJson | undefined => {
  const types = catalog.all().filter(type => type.group === group && type.version === version);
  if (types.length === 0) return undefined;
  const operations = types.flatMap(type => toOperations(catalog, type));
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: `v1.${minor}.0` },
    paths: toPaths(operations, toShared, toOperation),
    components: { schemas: toModels(catalog, types), securitySchemes },
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
  info: { title: 'Kubernetes', version: `v1.${minor}.0` },
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
