import { isEqual } from '../../base/equal.ts';
import type { ApplicationSpec, EveSettings } from './applicationspec.ts';

/**
 * What an Application that runs already takes over only when it restarts, or starts over (EVE reference §6.8): texts to warn
 * with, for changes that came without the counter that they need. `beside`: paths outside of the spec that changed and need a
 * restart.
 */
export const lateChanges = (now: ApplicationSpec, old: ApplicationSpec, beside: readonly string[] = []): string[] => {
  const purged = counterOf(now.eve?.purge) > counterOf(old.eve?.purge);
  const restarted = purged || counterOf(now.eve?.restart) > counterOf(old.eve?.restart);
  const purging = purged ? [] : changed(now, old, contents);
  const restarting = restarted ? [] : [...changed(now, old, machine), ...beside];
  return [
    ...purging.map(
      path => `${path}: takes effect with a higher spec.eve.purge.counter only, which makes a fresh boot disk`,
    ),
    ...restarting.map(path => `${path}: takes effect with a higher spec.eve.restart.counter only`),
  ];
};

const counterOf = (command: { counter: number } | undefined): number => command?.counter ?? 0;

type Part = readonly [path: string, of: (spec: ApplicationSpec) => unknown];

const contents: readonly Part[] = [
  ['spec.containers[].image', spec => spec.containers.map(({ image }) => image)],
  [
    'spec.containers[].volumeMounts',
    spec => spec.containers.map(one => [one.volumeMounts ?? [], one.volumeDevices ?? []]),
  ],
  ['spec.volumes', spec => spec.volumes ?? []],
  ['spec.eve.adapters', spec => spec.eve?.adapters ?? []],
];

const settings = [
  'mode',
  'bootMode',
  'bootOrder',
  'memoryOverhead',
  'maxCPUs',
  'pinCPU',
  'cpus',
  'vnc',
  'disableLogs',
  'disableVTPM',
  'enforceInterfaceOrder',
  'oemWindowsLicense',
  'kernel',
  'ramdisk',
  'rootDevice',
  'extraArguments',
  'bootloader',
  'deviceTree',
  'dtdev',
  'irqs',
  'iomem',
  'userData',
] as const;

const machine: readonly Part[] = [
  [
    'spec.containers[].resources',
    spec =>
      spec.containers.map(({ resources }) => [
        resources?.requests?.['cpu'],
        resources?.requests?.['memory'],
        resources?.limits,
      ]),
  ],
  ['spec.containers[].env', spec => spec.containers.map(({ env }) => env ?? [])],
  ['spec.eve.interfaces', spec => (spec.eve?.interfaces ?? []).map(({ acls: _, ...one }) => one)],
  ...settings.map((field): Part => [`spec.eve.${field}`, ({ eve }) => ownOf(eve, field)]),
];

const ownOf = (eve: EveSettings | undefined, field: (typeof settings)[number]): unknown => eve?.[field] ?? null;

const changed = (now: ApplicationSpec, old: ApplicationSpec, parts: readonly Part[]): string[] =>
  parts.filter(([, of]) => !isEqual(of(now), of(old))).map(([path]) => path);
