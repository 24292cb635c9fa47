import { crc32 } from 'node:zlib';
import type { TelemetryRecord } from '../telemetry.ts';

/**
 * A record as it lies in a file, little endian: u32 length of what follows the head, u32 CRC-32 of it; f64 arrival; u8
 * length and UTF-8 of the device, the same of the part (empty: none); the body.
 */
export const toFrame = ({ device, part = '', at, body }: TelemetryRecord): Buffer => {
  const deviceLength = Buffer.byteLength(device);
  const partLength = Buffer.byteLength(part);
  if (deviceLength > 255 || partLength > 255) throw new RangeError('device and part may have 255 bytes each');
  const frame = Buffer.allocUnsafe(headLength + 10 + deviceLength + partLength + body.byteLength);
  let end = frame.writeDoubleLE(at, headLength);
  end = frame.writeUInt8(deviceLength, end);
  end += frame.write(device, end);
  end = frame.writeUInt8(partLength, end);
  end += frame.write(part, end);
  frame.set(body, end);
  frame.writeUInt32LE(frame.length - headLength, 0);
  frame.writeUInt32LE(crc32(frame.subarray(headLength)), 4);
  return frame;
};

/** The record that begins at an offset; undefined where there is no whole, unharmed one. The body is a copy. */
export const readFrame = (bytes: Buffer, offset = 0): Framed | undefined => {
  const length = frameLength(bytes, offset);
  if (length === undefined || offset + length > bytes.length) return undefined;
  const frame = bytes.subarray(offset, offset + length);
  const content = frame.subarray(headLength);
  if (crc32(content) !== frame.readUInt32LE(4)) return undefined;
  const deviceEnd = 9 + content.readUInt8(8);
  const partEnd = deviceEnd + 1 + content.readUInt8(deviceEnd);
  const part = content.toString('utf8', deviceEnd + 1, partEnd);
  return {
    length,
    record: {
      at: content.readDoubleLE(0),
      device: content.toString('utf8', 9, deviceEnd),
      ...(part !== '' && { part }),
      body: new Uint8Array(content.subarray(partEnd)),
    },
  };
};

/** Length of the frame that begins at an offset, its head included; undefined when the head is cut or senseless. */
export const frameLength = (bytes: Buffer, offset: number): number | undefined => {
  if (offset + headLength > bytes.length) return undefined;
  const length = bytes.readUInt32LE(offset);
  return length < 10 || length > maxContent ? undefined : headLength + length;
};

export interface Framed {
  readonly record: TelemetryRecord;
  /** Of the whole frame, in bytes. */
  readonly length: number;
}

export const headLength = 8;

/** No body is larger than 64 MiB; a length beyond that is damage. */
const maxContent = 64 << 20;
