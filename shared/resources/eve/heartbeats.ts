import { toUtf8 } from '../../base/bytes.ts';
import { toTime } from '../../base/condition.ts';
import type { ApiObject, JsonMap } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import type { Marks } from '../../store/marks.ts';
import { uuidOf } from './deviceuuid.ts';

/** Adds to Devices when each was last heard, and which configuration it fetched. Never stored. */
export const joinDevices = async (devices: readonly ApiObject[], marks: Marks): Promise<ApiObject[]> => {
  const uuids = devices.map(uuidOf);
  const [seen, fetched] = await Promise.all([marks.getMany('seen', uuids), marks.getMany('fetched', uuids)]);
  return devices.map((device, at) => joinDevice(device, readMark(seen[at]), toFetched(fetched[at])));
};

/** Adds to DeviceConfigs which configuration the device fetched last. Never stored. */
export const joinConfigs = async (configs: readonly ApiObject[], marks: Marks): Promise<ApiObject[]> => {
  const uuids = configs.map(uuidIn);
  // A configuration that was not composed yet was not fetched either, and has no UUID to ask for.
  const asked = [...new Set(uuids)].filter(uuid => uuid !== '');
  const marked = await marks.getMany('fetched', asked);
  const fetched = new Map(asked.map((uuid, at) => [uuid, marked[at]]));
  return configs.map((config, at) => {
    const found = toFetched(fetched.get(uuids[at] ?? ''));
    return found ? { ...config, status: { ...config.status, ...found } } : config;
  });
};

/** The UUID inside the configuration that a DeviceConfig shows. */
const uuidIn = ({ status }: ApiObject): string => {
  const config = status?.['config'];
  const id = isMap(config) ? config['id'] : undefined;
  return isMap(id) && typeof id['uuid'] === 'string' ? id['uuid'].toLowerCase() : '';
};

const joinDevice = (device: ApiObject, seen: Mark | undefined, fetched: JsonMap | undefined): ApiObject => {
  if (!seen && !fetched) return device;
  const status: JsonMap = { ...device.status };
  const { conditions, config } = status;
  const heard = timeOf(seen?.['at']);
  if (heard !== undefined && Array.isArray(conditions))
    status['conditions'] = conditions.map(one =>
      isMap(one) && one['type'] === 'Ready' ? { ...one, lastHeartbeatTime: heard } : one,
    );
  // A map of JSON is one of JSON values.
  if (fetched) status['config'] = { ...(isMap(config) ? (config as JsonMap) : {}), ...fetched };
  return { ...device, status };
};

type Mark = { readonly [field: string]: unknown };

const toFetched = (value: Uint8Array | undefined): JsonMap | undefined => {
  const mark = readMark(value);
  const fetchedAt = timeOf(mark?.['at']);
  return typeof mark?.['hash'] === 'string' && fetchedAt !== undefined
    ? { fetchedHash: mark['hash'], fetchedAt }
    : undefined;
};

const readMark = (value: Uint8Array | undefined): Mark | undefined => {
  if (!value) return undefined;
  const parsed: unknown = JSON.parse(toUtf8(value));
  return isMap(parsed) ? parsed : undefined;
};

const timeOf = (at: unknown): string | undefined => (typeof at === 'number' ? toTime(at) : undefined);
