import { Fault } from '../base/fault.ts';
import { decode } from '../base/protobuf.ts';
import { type EveMessages, eve } from '../eve/generated/table.ts';

/** The message in a verified payload; one that cannot be read is 422 to a device. */
export const readMessage = <K extends keyof EveMessages>(name: K, payload: Uint8Array): EveMessages[K] => {
  try {
    return decode(eve, name, payload);
  } catch (cause) {
    throw new Fault('Invalid', `not a ${name}`, { cause });
  }
};
