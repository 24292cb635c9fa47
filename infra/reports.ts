/**
 * Writes `docs/reports.md`: where people read each field that devices report. It is found by experiment: a report that says
 * everything is reflected, then once more with one field changed; the places that differ are where the field is read. Run
 * `npx tsx infra/reports.ts` after a change of messages or of what is made of them.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMain } from '../functions/node/ismain.ts';
import type { JsonMap } from '../shared/base/object.ts';
import { type Field, type Message, type MessageType, messageType } from '../shared/base/table.ts';
import { reflectApp } from '../shared/compose/reflect/application.ts';
import { reflectContent } from '../shared/compose/reflect/content.ts';
import { reflectHealth } from '../shared/compose/reflect/health.ts';
import { reflectCustomStatus } from '../shared/compose/reflect/metadata.ts';
import { reflectMetrics, toTold } from '../shared/compose/reflect/metrics.ts';
import { reflectClaim, reflectVolume } from '../shared/compose/reflect/volume.ts';
import { reflectOnDevice, subjectOf } from '../shared/compose/reflect.ts';
import type { ZHardwareHealth } from '../shared/eve/generated/hardwarehealth.ts';
import type { ZInfoMsg } from '../shared/eve/generated/info.ts';
import type { ZMetricMsg } from '../shared/eve/generated/metrics.ts';
import { type EveMessages, eve } from '../shared/eve/generated/table.ts';

/** A field of a message that devices send. */
export interface Row {
  /** `dinfo.swList[].shortVersion` */
  readonly field: string;
  /** `Device status.eve-os-version`; empty when the field is in the stream alone. */
  readonly places: readonly string[];
  /** Why it is in the stream alone. */
  readonly why?: string;
}

/** Messages that are only measured or written down: read them in the streams. */
const streams: readonly [keyof EveMessages, string][] = [
  ['flowlog.FlowMessage', '/edgenode/UUID/flowlog'],
  ['logs.LogBundle', '/edgenode/UUID/log'],
  ['logs.AppInstanceLogBundle', '/edgenode/UUID/apps/APP/log'],
  [
    'nestedappinstancemetrics.NestedAppInstanceLogMsg',
    '/edgenode/UUID/apps/APP/log: `nestedApp`, `container` and `content` of a line',
  ],
  ['nestedappinstancemetrics.NestedAppInventory', 'between an application and its device only'],
  ['nestedappinstancemetrics.NestedAppMetrics', 'between an application and its device only'],
];

/** Fields that stand nowhere but in the stream, by how their path begins. */
const streamOnly: readonly [RegExp, string][] = [
  [/^(ztype|devId|dev_id|devID)$/, 'frame of the message'],
  [/^(atTimeStamp|at_time_stamp)\b/, 'orders reports'],
  [
    /\b(err|swErr|networkErr|appErr|volumeErr|snap_err|vaultErr|error)(\[\])?\.(timestamp|severity)/,
    'with the text, in the stream',
  ],
  [/entities\[\]\.entity_id$/, 'said in the text where there is no name'],
  [/refcount|lastRefcountChangeTime|refCount/i, 'counts'],
  [/^dinfo\.(network|dns|metricItems|dormant_time|maintenance_mode_reason|tasks)\b/, 'obsolete form'],
  [/^dinfo\.(device_name|enterprise_name|enterprise_id|project_name|project_id)$/, 'echo of the configuration'],
  [/^dinfo\.configItemStatus\..*value$/, 'echo of the configuration'],
  [/^dinfo\.configItemStatus\.unknownConfigItems\{\}\.error$/, 'the name says it'],
  [/^dinfo\.storage_info\[\]\.compression_ratio$/, 'measurement'],
  [/^dinfo\.systemAdapter\.status\[\]\.(version|lastSucceeded)\b/, 'changes with every test'],
  [/\.softwareList\b/, 'obsolete form'],
  [/^ainfo\.(systemApp|AppName)$/, 'the Application has a name'],
  [/^ainfo\.(assignedAdapters\[\]\.(?!name))/, "stands in the device's adapters"],
  [/^ainfo\.network\[\]\.(location|uplink|proxy|dns\.DNSsearch)\b/, 'only said of devices'],
  [/^niinfo\.(vinfo|ipv4Eid|CurrentUplinkIntf|CurrentUplinkAlias)\b/, 'obsolete form'],
  [/^niinfo\.assignedAdapters\[\]\.(?!name)/, "stands in the device's adapters"],
  [/^(cinfo|vinfo)\.displayName$/, 'the object has a name'],
  [/^cinfo\.(usage|generation_count)\b/, 'counts'],
  [/^binfo\.blob\[\]\.usage\b/, 'counts'],
  [/^amdinfo\.type$/, 'decides between Secret and status'],
  [/^hwinfo\.inventory\.(bios\.attributes|misc)\b/, 'free form'],
  [/^hwinfo\.inventory\.cpu_info\.cpus\[\]\.(id|freq)$/, 'one for each core'],
  [/\.(parent|parent_pci_device_address)\b/, 'the tree of buses'],
  [/^hwinfo\.inventory\.pci_devices\[\]\.(revision|subsystem_id|subclass_id)$/, 'detail of the address'],
  [/smart_attr\[\]\./, 'only of attributes that failed'],
  [/^ntp_sources\.sources\[\]\./, 'measurement'],
  [/^metrics\./, 'measurement'],
];

/** Everything that a report of that message may say, and where it is read. */
export const rowsOf = (name: keyof EveMessages, read: (message: Message) => JsonMap, prefix = ''): Row[] => {
  const type = messageType(eve, name);
  const whole = fill(type, []);
  const before = flatten(read(whole));
  return leaves(type, []).map(path => {
    const field = prefix + print(path);
    const inAll = differences(before, flatten(read(change(whole, path, 2))));
    // Where one field stands in for another that is absent.
    const [one, other] = [1, 2].map(seed => flatten(read(change({}, path, seed))));
    const alone = inAll.length === 0 && one && other ? differences(one, other) : [];
    const places = [...inAll, ...alone];
    if (places.length > 0) return { field, places };
    const why = streamOnly.find(([pattern]) => pattern.test(field))?.[1];
    return { field, places, ...(why !== undefined && { why }) };
  });
};

export const infoRows = (): Row[] =>
  messageType(eve, 'info.ZInfoMsg').fields.flatMap(field =>
    field.type.kind === 'message' && field.name !== 'atTimeStamp'
      ? rowsOf(
          // Named by the table itself.
          field.type.message.name as keyof EveMessages,
          part => readInfo({ [field.name]: part } as ZInfoMsg), // one of its own fields
          `${field.name}.`,
        )
      : [{ field: field.name, places: [], why: 'frame of the message' }],
  );

export const healthRows = (): Row[] =>
  rowsOf('hardwarehealth.ZHardwareHealth', message =>
    // Filled by its definition.
    at('Device', reflectHealth({}, message as ZHardwareHealth, 0)),
  );

export const metricRows = (): Row[] =>
  rowsOf(
    'metrics.ZMetricMsg',
    message => {
      const { dm = {} } = message as ZMetricMsg; // as above
      const told = toTold(dm, { version: 1, configTimestampMs: 1_800_000_000_000 });
      return at('Device', reflectMetrics({ config: { version: 1 } }, told, 0));
    },
    'metrics.',
  );

const at = (kind: string, status: JsonMap): JsonMap => ({ [`${kind} status`]: status });

/** What is made of an info message, by the kind of the object that it is written to. */
const readInfo = (message: ZInfoMsg): JsonMap => {
  const { ainfo, vinfo, cinfo, amdinfo } = message;
  const identity = { 'matched by': { '(identity)': subjectOf(message) } };
  if (ainfo) {
    const report = { info: ainfo, at: 0, containers: ['c', 'd'], generation: 1, time: 0 };
    return { ...identity, ...at('Application', reflectApp({}, report, 0)) };
  }
  if (vinfo)
    return {
      ...identity,
      ...at('Application', reflectVolume({}, vinfo, 'v')),
      ...at('PersistentVolumeClaim', reflectClaim({}, vinfo, 0)),
    };
  if (cinfo) return { ...identity, ...at('Image', reflectContent({}, cinfo, 'device')) };
  if (amdinfo) return { ...identity, ...at('Application', reflectCustomStatus({}, amdinfo)) };
  return at('Device', reflectOnDevice({}, message, '16.0.0', 0));
};

type Path = readonly { readonly field: Field }[];

/** A message that says everything once: lists have one item, booleans are true. */
const fill = (type: MessageType, above: readonly string[]): Message =>
  Object.fromEntries(
    type.fields.flatMap(field => {
      const value = sampleOf(field, [...above, type.name], 1);
      if (value === undefined) return [];
      return [[field.name, field.key ? { key: value } : field.repeated ? [value] : value]];
    }),
  );

const sampleOf = (field: Field, above: readonly string[], seed: number): unknown => {
  const { type } = field;
  if (type.kind === 'message') {
    if (above.includes(type.message.name)) return undefined;
    if (type.message.name.endsWith('Timestamp')) return { seconds: 1_700_000_000 + 86_400 * seed };
    return fill(type.message, above);
  }
  if (type.kind === 'enum') return seed;
  // The first port status is the one in use.
  if (field.name === 'currentIndex') return seed - 1;
  if (type.scalar === 'bool') return seed === 1;
  if (type.scalar === 'string') return `${field.name} ${seed}`;
  if (type.scalar === 'bytes') return Buffer.from(`${field.name} ${seed}`);
  return 10 + seed;
};

const leaves = (type: MessageType, above: readonly string[]): Path[] =>
  type.fields.flatMap((field): Path[] => {
    if (field.type.kind !== 'message' || field.type.message.name.endsWith('Timestamp')) return [[{ field }]];
    if ([...above, type.name].includes(field.type.message.name)) return [];
    return leaves(field.type.message, [...above, type.name]).map(rest => [{ field }, ...rest]);
  });

const print = (path: Path): string =>
  path.map(({ field }) => `${field.name}${field.key ? '{}' : field.repeated ? '[]' : ''}`).join('.');

/** A copy in which the field at the end of the path says something else; a list of plain values gets longer. */
const change = (message: Message, [step, ...rest]: Path, seed: number): Message => {
  if (!step) return message;
  const { field } = step;
  const inner = (value: unknown): unknown =>
    rest.length === 0 ? sampleOf(field, [], seed) : change((value ?? {}) as Message, rest, seed); // a message, since the path goes on
  const old = message[field.name];
  const longer = rest.length === 0 && seed > 1 ? [sampleOf(field, [], seed + 1)] : [];
  const next = field.key
    ? { key: inner((old as { key?: unknown } | undefined)?.key) }
    : field.repeated
      ? [inner((old as unknown[] | undefined)?.[0]), ...longer]
      : inner(old);
  return { ...message, [field.name]: next };
};

/** `Device status.ports[].name` → its values. Times of conditions come from the clock. */
const flatten = (value: unknown, path = ''): Map<string, string> => {
  const found = new Map<string, string>();
  const visit = (one: unknown, here: string): void => {
    if (Array.isArray(one)) for (const item of one) visit(item, itemPath(here, item));
    else if (one !== null && typeof one === 'object')
      for (const [key, inner] of Object.entries(one)) visit(inner, here === '' ? key : `${here}.${key}`);
    else found.set(here, `${found.get(here) ?? ''}|${String(one)}`);
  };
  visit(value, path);
  return found;
};

/** Conditions are told apart by their type, other items are not. */
const itemPath = (here: string, item: unknown): string => {
  const type = here.endsWith('conditions') ? (item as { type?: unknown }).type : undefined;
  return typeof type === 'string' ? `${here}[${type}]` : `${here}[]`;
};

const differences = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] => {
  const changed = [...new Set([...a.keys(), ...b.keys()])].filter(path => a.get(path) !== b.get(path));
  const places = changed.map(path => path.replace(/(conditions\[\w+\])\..*$/, '$1').replace(/(\{\}|\.key)$/, ''));
  return [...new Set(places)].filter(place => !place.endsWith('.statuses[].timestamp')).sort();
};

/** The page, whole. */
export const generateReports = (): string => {
  const info = infoRows();
  const parts = [
    section('Info', 'POST info: state, on every change. All of it is also in `/edgenode/UUID/info`.', info),
    section('Hardware health', 'POST hardwarehealth; also in `/edgenode/UUID/hardwarehealth`.', healthRows()),
    section(
      'Metrics',
      'POST metrics: what rises and falls is read in `/edgenode/UUID/metrics`. Into objects goes:',
      metricRows().filter(({ places }) => places.length > 0),
    ),
  ];
  return `${head}\n${parts.join('\n')}\n## Streams\n\nThese are read in streams alone:\n\n| message | where |\n|---|---|\n${streams
    .map(([name, where]) => `| \`${name.split('.')[1]}\` | ${where} |`)
    .join('\n')}\n`;
};

const head = `# What devices report, and where to read it

Written by \`infra/reports.ts\`, which finds it out by changing one field of a report at a time and looking at what becomes of
it. \`[]\` is a list, \`{}\` a map. Numbers that an enumeration does not know stay numbers.

- Each error text that was not there before is also a Warning Event of the object that it is shown in, repeated ones are
  counted. A report that cannot be read is an Event \`UnreadableReport\` of its Device; those that were refused at the door
  are counted in its \`status.refusedReports\`.
- A report that is late, or comes twice, changes nothing: the device's own time of the report decides.
- Lists in a status are bounded, mostly to 64 items, and texts to 1,024 characters. The streams have everything.
- The kubeconfig of an application (\`amdinfo\` of type KUBE_CONFIG) becomes the Secret \`APPLICATION-kubeconfig\`.
`;

const section = (title: string, text: string, rows: readonly Row[]): string =>
  `## ${title}\n\n${text}\n\n| field | read in |\n|---|---|\n${together(rows)
    .map(
      ({ field, places, why }) =>
        `| \`${field}\` | ${places.map(place => `\`${place}\``).join(', ') || `stream: ${why ?? ''}`} |`,
    )
    .join('\n')}\n`;

/** A part of which nothing stands in an object is one row. */
const together = (rows: readonly Row[]): Row[] => {
  const shown = new Set(rows.filter(({ places }) => places.length > 0).map(partOf));
  const told = new Set<string>();
  return rows.flatMap(row => {
    const part = partOf(row);
    if (shown.has(part) || part === row.field) return [row];
    if (told.has(part)) return [];
    told.add(part);
    return [{ ...row, field: `${part}.*` }];
  });
};

/** `dinfo.network[]` of `dinfo.network[].dns.DNSservers[]`. */
const partOf = ({ field }: Row): string => field.split('.').slice(0, 2).join('.');

if (isMain(import.meta.url))
  writeFileSync(fileURLToPath(new URL('../docs/reports.md', import.meta.url)), generateReports());
