import { Fault } from '../base/fault.ts';
import type { Application } from '../resources/eve/application.ts';
import type { ApplicationSpec, InterfaceSpec } from '../resources/eve/applicationspec.ts';
import { type NetworkChoice, networksAnnotation, parseNetworks } from '../resources/eve/networks.ts';

/** One network interface of an Application, and where it is said. */
export interface Nic {
  readonly name: string;
  /** What the annotation says of it. */
  readonly choice: NetworkChoice | undefined;
  readonly spec: InterfaceSpec | undefined;
  /** Path of `spec`, else of the annotation. */
  readonly field: string;
}

const choiceField = `metadata.annotations[${networksAnnotation}]`;

/** Interfaces by the annotation first, then those that only spec.eve.interfaces has. Throws when the annotation is malformed. */
export const toNics = (one: Application, spec: ApplicationSpec): Nic[] => {
  const parsed = parseNetworks(one.metadata.annotations?.[networksAnnotation]);
  if (typeof parsed === 'string') throw new Fault('Invalid', `${choiceField}: ${parsed}`);
  const settings = spec.eve?.interfaces ?? [];
  const fieldOf = (own: InterfaceSpec | undefined) =>
    own ? `spec.eve.interfaces[${settings.indexOf(own)}]` : choiceField;
  const named = new Set(parsed.map(choice => choice.interface));
  const loose = settings.filter(({ name, network }) => !named.has(name) && network === undefined);
  const nics = parsed.map((choice, at): Nic => {
    const own = choice.interface === undefined ? loose.shift() : settings.find(({ name }) => name === choice.interface);
    return { name: choice.interface ?? own?.name ?? `eth${at}`, choice, spec: own, field: fieldOf(own) };
  });
  const used = new Set(nics.map(nic => nic.spec));
  return [
    ...nics,
    ...settings
      .filter(own => !used.has(own))
      .map((own): Nic => ({ name: own.name, choice: undefined, spec: own, field: fieldOf(own) })),
  ];
};

/** Where it says what network it is on. */
export const networkField = ({ spec, field, choice }: Nic): string =>
  spec?.network === undefined && choice ? choiceField : `${field}.network`;

/** Where it says its address. */
export const addressField = ({ spec, field }: Nic): string =>
  spec?.address === undefined ? choiceField : `${field}.address`;

/** Where it says its hardware address. */
export const macField = ({ spec, field }: Nic): string => (spec?.mac === undefined ? choiceField : `${field}.mac`);
