import { printJson } from '../../../base/json.ts';
import { encode } from '../../../base/protobuf.ts';
import type { Message, Table } from '../../../base/table.ts';
import type { DocumentJson } from './v3.ts';

/**
 * A Swagger 2.0 document, or a part of one, as google/gnostic's `openapi.v2.Document`, the form in which client-go asks for
 * it. Extensions and other free values are kept as YAML text (JSON is YAML); maps become lists of named values. The bytes of
 * parts one after the other are those of the whole: so protobuf joins what occurs again.
 */
export const toGnostic = (document: DocumentJson): Uint8Array => encode(gnostic, 'Document', toDocument(document));

/** The messages of openapiv2/OpenAPIv2.proto that such documents use. */
export const gnostic: Table = {
  syntax: 'proto3',
  enums: {},
  messages: {
    AdditionalPropertiesItem: '1 schema .Schema|oneof;2 boolean bool|oneof',
    Any: '2 yaml string',
    ApiKeySecurity: '1 type string;2 name string;3 in string;4 description string',
    BodyParameter: '1 description string;2 name string;3 in string;4 required bool;5 schema .Schema',
    Definitions: '1 additional_properties *.NamedSchema',
    Document:
      '1 swagger string;2 info .Info;8 paths .Paths;9 definitions .Definitions;12 security *.SecurityRequirement;' +
      '13 security_definitions .SecurityDefinitions',
    Info: '1 title string;2 version string',
    ItemsItem: '1 schema *.Schema',
    NamedAny: '1 name string;2 value .Any',
    NamedPathItem: '1 name string;2 value .PathItem',
    NamedResponseValue: '1 name string;2 value .ResponseValue',
    NamedSchema: '1 name string;2 value .Schema',
    NamedSecurityDefinitionsItem: '1 name string;2 value .SecurityDefinitionsItem',
    NamedStringArray: '1 name string;2 value .StringArray',
    NonBodyParameter:
      '3 query_parameter_sub_schema .QueryParameterSubSchema|oneof;4 path_parameter_sub_schema .PathParameterSubSchema|oneof',
    Operation:
      '1 tags *string;3 description string;5 operation_id string;6 produces *string;7 consumes *string;' +
      '8 parameters *.ParametersItem;9 responses .Responses;10 schemes *string;13 vendor_extension *.NamedAny',
    Parameter: '1 body_parameter .BodyParameter|oneof;2 non_body_parameter .NonBodyParameter|oneof',
    ParametersItem: '1 parameter .Parameter|oneof',
    PathItem:
      '2 get .Operation;3 put .Operation;4 post .Operation;5 delete .Operation;8 patch .Operation;9 parameters *.ParametersItem',
    PathParameterSubSchema:
      '1 required bool;2 in string;3 description string;4 name string;5 type string;19 unique_items bool',
    Paths: '2 path *.NamedPathItem',
    Properties: '1 additional_properties *.NamedSchema',
    QueryParameterSubSchema:
      '1 required bool;2 in string;3 description string;4 name string;6 type string;20 unique_items bool',
    Response: '1 description string;2 schema .SchemaItem',
    ResponseValue: '1 response .Response|oneof',
    Responses: '1 response_code *.NamedResponseValue',
    Schema:
      '1 _ref string;2 format string;3 title string;4 description string;5 default .Any;6 multiple_of double;' +
      '7 maximum double;8 exclusive_maximum bool;9 minimum double;10 exclusive_minimum bool;11 max_length int64;' +
      '12 min_length int64;13 pattern string;14 max_items int64;15 min_items int64;16 unique_items bool;' +
      '17 max_properties int64;18 min_properties int64;19 required *string;20 enum *.Any;' +
      '21 additional_properties .AdditionalPropertiesItem;22 type .TypeItem;23 items .ItemsItem;25 properties .Properties;' +
      '31 vendor_extension *.NamedAny',
    SchemaItem: '1 schema .Schema|oneof',
    SecurityDefinitions: '1 additional_properties *.NamedSecurityDefinitionsItem',
    SecurityDefinitionsItem: '2 api_key_security .ApiKeySecurity|oneof',
    SecurityRequirement: '1 additional_properties *.NamedStringArray',
    StringArray: '1 value *string',
    TypeItem: '1 value *string',
  },
};

const toDocument = ({ swagger, info, paths, definitions, security, securityDefinitions }: DocumentJson): Message => ({
  ...(swagger !== undefined && { swagger }),
  ...(info !== undefined && { info }),
  ...(paths !== undefined && { paths: { path: toNamed(paths, toPathItem) } }),
  ...(definitions !== undefined && { definitions: { additional_properties: toNamed(definitions, toSchema) } }),
  security: asList(security).map(item => ({
    additional_properties: toNamed(item, value => ({ value })),
  })),
  ...(securityDefinitions !== undefined && {
    security_definitions: {
      additional_properties: toNamed(securityDefinitions, value => ({ api_key_security: value })),
    },
  }),
});

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

const toPathItem = (item: DocumentJson): Message => {
  const out: Message = { parameters: asList(item.parameters).map(toParameter) };
  for (const method of methods) if (item[method] !== undefined) out[method] = toOperation(asMap(item[method]));
  return out;
};

const toOperation = (operation: DocumentJson): Message => ({
  tags: operation.tags,
  description: operation.description,
  operation_id: operation.operationId,
  produces: operation.produces,
  consumes: operation.consumes,
  parameters: asList(operation.parameters).map(toParameter),
  responses: { response_code: toNamed(operation.responses, toResponse) },
  schemes: operation.schemes,
  vendor_extension: toExtensions(operation),
});

const toParameter = (parameter: DocumentJson): Message => {
  const { in: place, uniqueItems, schema, ...rest } = parameter;
  if (place === 'body')
    return { parameter: { body_parameter: { ...rest, in: place, schema: toSchema(asMap(schema)) } } };
  const name = place === 'path' ? 'path_parameter_sub_schema' : 'query_parameter_sub_schema';
  return { parameter: { non_body_parameter: { [name]: { ...rest, in: place, unique_items: uniqueItems } } } };
};

const toResponse = (response: DocumentJson): Message => ({
  response: {
    description: response.description,
    ...(response.schema !== undefined && { schema: { schema: toSchema(asMap(response.schema)) } }),
  },
});

const toSchema = (schema: DocumentJson): Message => {
  const out: Message = { vendor_extension: toExtensions(schema) };
  for (const [key, name] of Object.entries(plainFields)) if (schema[key] !== undefined) out[name] = schema[key];
  const { default: preset, type, items, properties, additionalProperties } = schema;
  if (preset !== undefined) out.default = toAny(preset);
  if (Array.isArray(schema.enum)) out.enum = schema.enum.map(toAny);
  if (type !== undefined) out.type = { value: [type] };
  if (items !== undefined) out.items = { schema: [toSchema(asMap(items))] };
  if (properties !== undefined) out.properties = { additional_properties: toNamed(properties, toSchema) };
  if (typeof additionalProperties === 'boolean') out.additional_properties = { boolean: additionalProperties };
  else if (additionalProperties !== undefined)
    out.additional_properties = { schema: toSchema(asMap(additionalProperties)) };
  return out;
};

/** Fields that differ in nothing but their name. */
const plainFields: Readonly<Record<string, string>> = {
  $ref: '_ref',
  format: 'format',
  title: 'title',
  description: 'description',
  multipleOf: 'multiple_of',
  maximum: 'maximum',
  exclusiveMaximum: 'exclusive_maximum',
  minimum: 'minimum',
  exclusiveMinimum: 'exclusive_minimum',
  maxLength: 'max_length',
  minLength: 'min_length',
  pattern: 'pattern',
  maxItems: 'max_items',
  minItems: 'min_items',
  uniqueItems: 'unique_items',
  maxProperties: 'max_properties',
  minProperties: 'min_properties',
  required: 'required',
};

const toExtensions = (value: DocumentJson): Message[] =>
  Object.entries(value)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, extension]) => ({ name, value: toAny(extension) }));

const toAny = (value: unknown): Message => ({ yaml: `${printJson(value)}\n` });

const toNamed = (map: unknown, to: (value: DocumentJson) => Message): Message[] =>
  Object.entries(asMap(map)).map(([name, value]) => ({ name, value: to(asMap(value)) }));

/** The document was made by this room: what stands where a map stands is a map. */
const asMap = (value: unknown): DocumentJson => (value ?? {}) as DocumentJson;

const asList = (value: unknown): DocumentJson[] => (Array.isArray(value) ? value : []);
