import { Fault } from '../base/fault.ts';
import type { Member } from './fleet.ts';
import type { Room } from './room.ts';
import { markSeen } from './seen.ts';

/** Keeps a log file: of kind `log` for the device itself, of kind `applog` for an application on it. */
export const keepLogs = async (room: Room, member: Member, body: Uint8Array, app?: string): Promise<void> => {
  if (app !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(app))
    throw new Fault('BadRequest', 'not the id of an application');
  const record = { device: member.uuid, at: room.ports.clock.now(), body };
  if (app === undefined) await room.telemetry.append('log', [record]);
  else await room.telemetry.append('applog', [{ ...record, part: app.toLowerCase() }]);
  await markSeen(room, member.uuid);
};
