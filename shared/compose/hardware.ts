import type { AdapterSpec, OwnAdapterSpec } from '../resources/eve/adapters.ts';
import type { DeviceModel } from '../resources/kubeve/devicemodel.ts';
import type { Draft } from './draft.ts';

/** Without a hardware model: one Ethernet for everything. */
const generic: readonly AdapterSpec[] = [{ name: 'eth0', ptype: 'NetEth', usage: 'MgmtAndApps' }];

/** What the Device names as its model, if there is such a one. */
export const modelOf = (draft: Draft): DeviceModel | undefined => {
  const name = draft.from.device.spec?.model;
  // Validated by the registry against the schema that the type is inferred from.
  return name === undefined ? undefined : (draft.from.look('deviceModel', name) as unknown as DeviceModel | undefined);
};

/**
 * The device's I/O: its model's, each changed by what the Device says under the same name, then what only the Device has;
 * the generic one when neither says anything. A model that is missing keeps everything as it is on the device.
 */
export const adaptersOf = (draft: Draft): readonly AdapterSpec[] => {
  const { device, uuid } = draft.from;
  const own = device.spec?.adapters ?? [];
  const model = modelOf(draft);
  if (device.spec?.model !== undefined && !model)
    draft.problems.push({
      about: device,
      reason: 'ReferenceNotFound',
      message: `spec.model: DeviceModel "${device.spec.model}" does not exist`,
      lacks: [uuid],
    });
  const byName = new Map(own.map(one => [one.name, one]));
  const known = (model?.spec?.adapters ?? []).map(one => overlay(one, byName.get(one.name)));
  const names = new Set(known.map(({ name }) => name));
  const added = own.flatMap((one, at) => (names.has(one.name) ? [] : complete(draft, one, at)));
  return known.length + added.length > 0 ? [...known, ...added] : generic;
};

const overlay = (model: AdapterSpec, own: OwnAdapterSpec | undefined): AdapterSpec => ({
  ...model,
  ...own,
  ptype: own?.ptype ?? model.ptype,
});

const complete = (draft: Draft, one: OwnAdapterSpec, at: number): AdapterSpec[] => {
  if (one.ptype) return [{ ...one, ptype: one.ptype }];
  const { device } = draft.from;
  const message = `spec.adapters[${at}]: the model has no adapter "${one.name}", and ptype does not say what it is`;
  draft.problems.push({ about: device, reason: 'Invalid', message, lacks: [draft.from.uuid] });
  return [];
};
