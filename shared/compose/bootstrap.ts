import { Fault } from '../base/fault.ts';
import { type ApiObject, type ObjectRef, toKey } from '../base/object.ts';
import type { Ports } from '../base/ports.ts';
import { decode, encode } from '../base/protobuf.ts';
import type { Controller } from '../eve/controller.ts';
import { openEnvelope } from '../eve/envelope.ts';
import { eve } from '../eve/generated/table.ts';
import { decodeServed } from '../eve/served.ts';
import { fromMs } from '../eve/timestamp.ts';
import type { Catalog } from '../kube/catalog.ts';
import type { Device } from '../resources/eve/device.ts';
import { uuidOf } from '../resources/eve/deviceuuid.ts';
import type { Store } from '../store/store.ts';
import { compose } from './compose.ts';
import { gather } from './gather.ts';
import { configs, kinds } from './kinds.ts';
import { describe } from './problem.ts';
import { createReader, decodeObject } from './reader.ts';
import { clearTextAnnotation } from './secrets.ts';
import { networkConcerns } from './wake.ts';

export interface BootstrapParts {
  readonly store: Store;
  readonly controller: Controller;
  readonly ports: Pick<Ports, 'clock'>;
  readonly catalog: Catalog;
}

/**
 * A Device's first settings, signed: the `BootstrapConfig` that stands on its config partition, so that it finds its network
 * before it has heard of its controller. Nothing in it can be encrypted, for the device has no keys yet: with secrets (of
 * WiFi, say) it is refused, unless `isClear`. The first configuration that the device fetches takes its place.
 */
export const createBootstrap =
  (parts: BootstrapParts) =>
  async (ref: ObjectRef, isClear: boolean): Promise<Uint8Array> => {
    const { store, controller, ports } = parts;
    const entry = await store.get(kinds.device, toKey(ref));
    if (!entry) throw new Fault('NotFound', `devices.eve.lfedge.org "${ref.name}" not found`);
    const device = asClear(decodeObject(entry.value), isClear);
    const uuid = uuidOf(device);
    const options = { networkConcerns: networkConcerns(parts.catalog), held: [] };
    const from = await gather(createReader(store), device, uuid, options);
    const alone = { ...from, keys: undefined, applications: [], claims: [], baseOS: [] };
    const { config, problems } = compose(alone, controller);
    // What a network has in vain does not keep it from working.
    const first = problems.find(
      ({ about: { kind }, lacks }) => lacks.length > 0 && (kind === 'DeviceNetwork' || kind === 'NetworkConfig'),
    );
    if (first?.reason === 'Waiting' && !isClear)
      throw new Fault('Conflict', `${describe(first.about)}: its secrets would stand there in the clear; ask for that`);
    if (first) throw new Fault('Conflict', `${describe(first.about)}: ${first.message}`);
    const { id, networks, configItems, systemAdapterList, deviceIoList, vlans, bonds } = config;
    const served = await store.get(configs, uuid);
    // Never later than what takes its place: devices pass over what is older than what they have.
    const at = served ? decodeServed(served.value).configTimestampMs - 1 : ports.clock.now();
    const settings = { id, networks, configItems, systemAdapterList, deviceIoList, vlans, bonds };
    const payload = encode(eve, 'config.EdgeDevConfig', { ...settings, config_timestamp: fromMs(at) });
    const { certs = [] } = decode(eve, 'certs.ZControllerCert', openEnvelope(controller.certs).payload);
    return encode(eve, 'config.BootstrapConfig', {
      signed_config: decode(eve, 'auth.AuthContainer', controller.seal(payload)),
      controller_certs: certs,
    });
  };

const asClear = ({ metadata, ...rest }: ApiObject, isClear: boolean): Device => {
  const annotations = { ...metadata.annotations, [clearTextAnnotation]: String(isClear) };
  // Validated by the registry against the schemas that Device is inferred from.
  return { ...rest, metadata: { ...metadata, annotations } } as unknown as Device;
};
