import { Buffer } from 'node:buffer';

/** Gathers numbers up to 2^53, seven bits a byte, lowest first, as protobuf does; and bytes as they are. */
export class NumberWriter {
  #buffer: Buffer;
  length = 0;

  constructor(capacity = 1 << 16) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  write(value: number): void {
    this.#makeRoom(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.length++] = rest;
  }

  /** Their length, and they. */
  writeBytes(bytes: Uint8Array): void {
    this.write(bytes.length);
    this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.length);
  }

  #makeRoom(length: number): void {
    if (this.length + length <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.length + length));
    this.#buffer.copy(larger, 0, 0, this.length);
    this.#buffer = larger;
  }
}

/** The number that begins at `reader.position`, which then stands behind it. Throws a RangeError at the end. */
export const readNumber = (bytes: Buffer, reader: { position: number }): number => {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes.readUInt8(reader.position++);
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
};

/** Small numbers stay small, whatever their sign. */
export const toUnsigned = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
export const toSigned = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/** What `writeBytes` wrote; a view, no copy. Throws a RangeError where there are fewer. */
export const readBytes = (bytes: Buffer, reader: { position: number }): Buffer => {
  const length = readNumber(bytes, reader);
  const end = reader.position + length;
  if (end > bytes.length) throw new RangeError('bytes are missing at the end');
  const found = bytes.subarray(reader.position, end);
  reader.position = end;
  return found;
};
