import { Fault } from '../base/fault.ts';
import type { ApiObject } from '../base/object.ts';
import { isUuid } from '../base/uuid.ts';
import type { ListOptions } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';
import { uuidOf } from '../resources/eve/deviceuuid.ts';
import type { Caller, Wanted } from './caller.ts';
import type { AdamRoom, Found } from './room.ts';

/** The type of a plural of `eve.lfedge.org`. */
export const typeOf = ({ registry }: AdamRoom, plural: string): ResourceType =>
  registry.catalog.get('eve.lfedge.org', plural);

/**
 * The Device with a UUID, if the caller may do that to it: authorised by its name, or, when there is none, for all names, so
 * that who may not see a Device cannot tell whether it is there. Throws BadRequest for what is no UUID, Forbidden, NotFound.
 */
export const findDevice = async (
  room: AdamRoom,
  caller: Caller,
  text: string,
  verb: string,
  resource: Wanted,
): Promise<Found> => {
  if (!isUuid(text)) throw new Fault('BadRequest', 'bad UUID');
  const uuid = text.toLowerCase();
  const devices = await room.registry.findByTerm(typeOf(room, 'devices'), `uuid=${uuid}`);
  const device = devices.find(({ metadata }) => metadata.namespace === room.namespace);
  await caller.require(verb, resource, device?.metadata.name);
  if (!device) throw new Fault('NotFound', 'no device has this UUID');
  return { uuid: uuidOf(device), device, name: device.metadata.name };
};

/** All objects of the namespace, a page at a time. */
export async function* listAll(room: AdamRoom, type: ResourceType): AsyncGenerator<ApiObject> {
  let from: string | undefined;
  do {
    const query: ListOptions = {
      namespace: room.namespace,
      limit: pageSize,
      ...(from === undefined ? {} : { continue: from }),
    };
    const page = await room.registry.list(type, query);
    yield* page.items;
    from = page.continue;
  } while (from !== undefined && from !== '');
}

const pageSize = 500;
