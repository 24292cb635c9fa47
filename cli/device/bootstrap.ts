import { decode, encode } from '../../shared/base/protobuf.ts';
import type { EdgeDevConfig } from '../../shared/eve/generated/config.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { Complaint } from './complaint.ts';
import { open } from './envelope.ts';
import { toTrust } from './trust.ts';

/**
 * Reads first settings as EVE does (eve-device-api §2.6): signed by a certificate that chains to the device's root, with a
 * port to the controller, and nothing encrypted. Throws a Complaint.
 */
export const openBootstrap = (bytes: Uint8Array, rootPem: string, now: number): EdgeDevConfig => {
  const { signed_config: signed, controller_certs: certs = [] } = decode(eve, 'config.BootstrapConfig', bytes);
  if (!signed) throw new Complaint('the first settings are not signed');
  const trust = toTrust({ certs }, rootPem, now);
  const config = decode(eve, 'config.EdgeDevConfig', open(encode(eve, 'auth.AuthContainer', signed), trust));
  if (!config.config_timestamp) throw new Complaint('the first settings have no time: nothing would take their place');
  const uplinks = (config.systemAdapterList ?? []).filter(({ uplink }) => uplink);
  if (uplinks.length === 0) throw new Complaint('the first settings have no port to the controller');
  for (const { name, networkUUID } of uplinks)
    if (!config.networks?.some(({ id }) => id === networkUUID)) throw new Complaint(`port ${name} has no network`);
  const wireless = (config.networks ?? []).flatMap(one => one.wireless?.wifiCfg ?? []);
  if (wireless.some(({ cipherData }) => cipherData)) throw new Complaint('the first settings have encrypted secrets');
  return config;
};
