import { Buffer } from 'node:buffer';
import { Fault } from '../base/fault.ts';
import type { TelemetryRecord } from './telemetry.ts';

/** Whether a name may be that of a kind: 1 to 32 of a–z and 0–9, a letter first. */
export const isKind = (name: string): boolean => /^[a-z][a-z0-9]{0,31}$/.test(name);

/** Throws BadRequest for what is no kind. */
export const checkKind = (name: string): void => {
  if (!isKind(name)) throw new Fault('BadRequest', `Not a kind of telemetry: ${name}.`);
};

/** Throws BadRequest for a record that no driver takes. */
export const checkRecord = ({ device, part, at, body }: TelemetryRecord): void => {
  const isFit =
    device !== '' &&
    Buffer.byteLength(device) <= 255 &&
    Buffer.byteLength(part ?? '') <= 255 &&
    Number.isSafeInteger(at) &&
    at >= 0 &&
    at <= maxAt &&
    body.byteLength <= maxBody;
  if (!isFit) throw new Fault('BadRequest', 'Not a telemetry record: name, time or size is out of range.');
};

/** The year 9999, in milliseconds. */
const maxAt = 253_402_300_799_999;
const maxBody = 32 << 20;
