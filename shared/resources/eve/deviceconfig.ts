import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { parsePath } from '../../base/pick.ts';
import type { Marks } from '../../store/marks.ts';
import { ageColumn, defineResource, type Resource } from '../define.ts';
import { anyObject, anyValue } from '../schema.ts';
import { conditions } from './conditions.ts';
import { eve } from './fields.ts';
import { joinConfigs } from './heartbeats.ts';

const spec = () =>
  z.object({
    management: z
      .enum(['Composed', 'Manual'])
      .optional()
      .describe('Composed (default): from the other objects. Manual: spec.config is served as it stands.'),
    config: anyObject()
      .optional()
      .describe("For Manual: the whole EdgeDevConfig as JSON. The device's id, version and time are put in."),
    overrides: z
      .array(
        z.object({
          path: z
            .string()
            .min(1)
            .max(1024)
            .describe('A place in the configuration, e.g. apps[displayname=web].fixedresources.memory.'),
          value: anyValue().optional().describe('What stands there instead.'),
          remove: z.boolean().optional().describe('true takes it out.'),
        }),
      )
      .max(256)
      .optional()
      .describe('Changes made last, in this order. One that does not find its place is reported, and changes nothing.'),
  });

const status = () =>
  z.object({
    config: anyObject()
      .meta({
        'x-kubernetes-preserve-unknown-fields': true,
        // One writer replaces it as a whole: to note an owner for each of its fields would double the object.
        'x-kubernetes-map-type': 'atomic',
        description: 'The EdgeDevConfig that is served, as JSON.',
      })
      .optional(),
    hash: z.string().optional().describe('Hash of the configuration that is served.'),
    version: z.int().optional().meta({ format: 'int64' }).describe('Its version.'),
    composedAt: z.string().meta({ format: 'date-time' }).optional().describe('When it was made.'),
    fetchedHash: z.string().optional().describe('Hash that the device has fetched last. Added on read; never stored.'),
    fetchedAt: z.string().meta({ format: 'date-time' }).optional().describe('When the device fetched it.'),
    appliedVersion: z.int().optional().meta({ format: 'int64' }).describe('Version that the device has applied.'),
    appliedAt: z.string().meta({ format: 'date-time' }).optional().describe('When the device applied it.'),
    overridden: z.array(z.string()).optional().describe('Paths where overrides made a difference.'),
    conditions: conditions().optional(),
  });

export type DeviceConfigSpec = z.infer<ReturnType<typeof spec>>;
export type DeviceConfig = ApiObject<DeviceConfigSpec, z.infer<ReturnType<typeof status>>>;

/** The whole configuration of one Device: shows what is served; its spec changes or replaces what was composed. */
export const deviceConfig = (marks: Marks): Resource =>
  defineResource(
    {
      ...eve,
      kind: 'DeviceConfig',
      plural: 'deviceconfigs',
      shortNames: ['devcfg'],
      categories: ['eve'],
      scope: 'Namespaced',
      description:
        'The configuration of the Device of the same name: status shows what is served, spec may override or replace it.',
      spec,
      status,
    },
    {
      columns: [
        { name: 'Management', type: 'string', value: object => String(object.spec?.['management'] ?? 'Composed') },
        { name: 'Version', type: 'integer', jsonPath: '.status.version' },
        { name: 'Hash', type: 'string', value: object => String(object.status?.['hash'] ?? '').slice(0, 12) },
        { name: 'Composed', type: 'date', jsonPath: '.status.composedAt' },
        ageColumn,
      ],
      validate: check,
      join: objects => joinConfigs(objects, marks),
    },
  );

function check(object: ApiObject): Cause[] {
  // The registry validates every object against the schema that DeviceConfigSpec is inferred from.
  const one = (object.spec ?? {}) as DeviceConfigSpec;
  const causes: Cause[] = [];
  if (one.management === 'Manual' && !one.config)
    causes.push(cause.required('spec.config', 'management Manual needs it'));
  for (const [at, { path, value, remove }] of (one.overrides ?? []).entries()) {
    if (!parsePath(path))
      causes.push(
        cause.invalid(
          ['spec', 'overrides', at, 'path'],
          path,
          'must look like apps[displayname=web].fixedresources.memory',
        ),
      );
    if ((value === undefined) === !remove)
      causes.push(cause.invalid(['spec', 'overrides', at], path, 'needs either a value or remove: true'));
  }
  return causes;
}
