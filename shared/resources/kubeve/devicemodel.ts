import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import { ageColumn, defineResource } from '../define.ts';
import { adapter, checkPorts } from '../eve/adapters.ts';
import { kubeve } from './group.ts';

const spec = () =>
  z.object({
    manufacturer: z.string().max(256).optional().describe('Who makes it, as the hardware says.'),
    productName: z.string().max(256).optional().describe('What its maker calls it, as the hardware says.'),
    architecture: z.enum(['amd64', 'arm64', 'riscv64']).optional().describe('Architecture of its processor.'),
    url: z.string().max(2048).optional().describe('Where the product is described.'),
    attributes: z
      .record(z.string(), z.string().max(1024))
      .optional()
      .describe('What else is known of it, e.g. memory, storage, cpus, watchdog. For people; not interpreted.'),
    adapters: z
      .array(adapter())
      .min(1)
      .max(256)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
      .describe('All its inputs and outputs by logical label. Each Device may change them by the same names.'),
  });

export type DeviceModelSpec = z.infer<ReturnType<typeof spec>>;
export type DeviceModel = ApiObject<DeviceModelSpec>;

/** What devices of one make have in common: their ports and other I/O. */
export const deviceModel = defineResource(
  {
    ...kubeve,
    kind: 'DeviceModel',
    plural: 'devicemodels',
    shortNames: ['model'],
    categories: ['eve'],
    scope: 'Cluster',
    description: 'A make of hardware: which ports and other inputs and outputs it has. Devices name it in spec.model.',
    spec,
    required: ['spec'],
  },
  {
    columns: [
      { name: 'Manufacturer', type: 'string', jsonPath: '.spec.manufacturer' },
      { name: 'Product', type: 'string', jsonPath: '.spec.productName' },
      { name: 'Architecture', type: 'string', jsonPath: '.spec.architecture' },
      { name: 'Adapters', type: 'integer', value: object => specOf(object).adapters.length },
      ageColumn,
    ],
    validate: object => check(specOf(object), ['spec']),
  },
);

// The registry validates every object against the schema that DeviceModelSpec is inferred from.
const specOf = (object: ApiObject): DeviceModelSpec => object.spec as unknown as DeviceModelSpec;

/** What belongs to one device only. */
const ownOnly = ['address', 'allowLocalModifications'] as const;

const check = (spec: DeviceModelSpec, path: Path): Cause[] => [
  ...checkPorts(spec, path),
  ...spec.adapters.flatMap((one, at) =>
    ownOnly
      .filter(field => one[field] !== undefined)
      .map(field => cause.forbidden([...path, 'adapters', at, field], 'belongs to a Device, not to its model')),
  ),
];
