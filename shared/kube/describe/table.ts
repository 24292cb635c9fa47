import { printJson } from '../../base/json.ts';
import type { ApiObject, JsonMap } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { badRequest, printCause } from '../faults.ts';
import type { Column, ResourceType } from '../resource.ts';
import { toHumanDuration } from './duration.ts';
import { type JsonPath, toJsonPath } from './jsonpath.ts';
import { type MetaVersion, toPartial } from './partial.ts';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  /** Milliseconds since 1970: what ages count from. */
  readonly now: number;
  readonly version?: MetaVersion;
  readonly includeObject?: IncludeObject;
  /** `resourceVersion`, `continue`, `remainingItemCount` of the list. Absent: those of the only object. */
  readonly listMeta?: JsonMap;
  /** False leaves the column definitions out, as in every event of a watch but the first. */
  readonly withColumns?: boolean;
}

/**
 * Objects as a `Table` of meta.k8s.io: what `kubectl get` prints (kubernetes-api reference §1.7). The first column is
 * `Name` unless the type declares a column of that name itself.
 */
export const toTable = (type: ResourceType, objects: readonly ApiObject[], options: TableOptions): JsonMap => {
  const { version = 'v1', includeObject = 'Metadata', withColumns = true } = options;
  const columns = columnsOf(type);
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: options.listMeta ?? toListMeta(objects),
    columnDefinitions: withColumns ? columns.map(({ definition }) => definition) : [],
    rows: objects.map(object => ({
      cells: columns.map(({ cell }) => cell(object, options.now)),
      object: toRowObject(object, includeObject, version),
    })),
  };
};

/** The `includeObject` parameter of a request. @throws Fault BadRequest */
export const parseIncludeObject = (value: string | null): IncludeObject => {
  if (!value) return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  const wrong = cause.invalid('includeObject', value, "must be 'Metadata', 'Object', 'None', or empty");
  throw badRequest(`Unable to convert to Table as requested: ${printCause(wrong)}`);
};

const toListMeta = (objects: readonly ApiObject[]): JsonMap => {
  const version = objects.length === 1 ? objects[0]?.metadata.resourceVersion : undefined;
  return version === undefined ? {} : { resourceVersion: version };
};

const toRowObject = (object: ApiObject, include: IncludeObject, version: MetaVersion): JsonMap | null => {
  // An ApiObject is JSON; its interface only names some of the fields.
  if (include === 'Object') return object as unknown as JsonMap;
  // The end of what there was at first has to be told in any case.
  return include === 'None' && !object.metadata.annotations?.[endAnnotation] ? null : toPartial(object, version);
};

const endAnnotation = 'k8s.io/initial-events-end';

interface Compiled {
  readonly definition: JsonMap;
  readonly cell: (object: ApiObject, now: number) => Cell;
}

type Cell = string | number | boolean | null;

const compiled = new WeakMap<ResourceType, readonly Compiled[]>();

const columnsOf = (type: ResourceType): readonly Compiled[] => {
  const known = compiled.get(type);
  if (known) return known;
  const named = type.columns.some(({ name }) => name === 'Name');
  const columns = (named ? type.columns : [nameColumn, ...type.columns]).map(compile);
  compiled.set(type, columns);
  return columns;
};

const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the object, unique within its namespace and kind. Chosen at creation, never changed.',
  // A bookmark has none.
  value: object => object.metadata.name ?? '',
};

const compile = (column: Column): Compiled => {
  const read = reader(column);
  return {
    definition: {
      name: column.name,
      type: column.type,
      format: column.format ?? (column.name === 'Name' ? 'name' : ''),
      description: column.description ?? describe(column),
      priority: column.priority ?? 0,
    },
    cell: (object, now) => toCell(column.type, read(object), now),
  };
};

const reader = ({ value, jsonPath }: Column): ((object: ApiObject) => unknown) => {
  if (value) return value;
  if (jsonPath === undefined) return () => undefined;
  const path: JsonPath = toJsonPath(jsonPath);
  return object => path(object)[0];
};

const describe = ({ jsonPath }: Column): string => {
  if (jsonPath === '.metadata.creationTimestamp') return 'When the object was created.';
  return jsonPath === undefined ? '' : `Field ${jsonPath} of the object.`;
};

const toCell = (type: Column['type'], value: unknown, now: number): Cell => {
  if (value === undefined || value === null) return null;
  if (type === 'string') return typeof value === 'object' ? printJson(value) : String(value);
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  if (type === 'date') return typeof value === 'string' ? toAge(value, now) : null;
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number') return null;
  return type === 'integer' ? Math.trunc(number) : number;
};

const toAge = (time: string, now: number): string => {
  if (time === '') return '<unknown>';
  const at = Date.parse(time);
  return Number.isNaN(at) ? '<invalid>' : toHumanDuration(now - at);
};
