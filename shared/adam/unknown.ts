import { Reader } from 'protobufjs/minimal.js';
import { type Field, type MessageType, messageType } from '../base/table.ts';
import { eve } from '../eve/generated/table.ts';

/**
 * The first field in the bytes of a message that the table does not know, as `networks.29`: what decoding would drop.
 * Undefined when all is known. The bytes must have been decoded before, which bounds depth and size.
 */
export const unknownField = (name: string, bytes: Uint8Array): string | undefined =>
  search(messageType(eve, name), new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));

const search = (type: MessageType, bytes: Uint8Array): string | undefined => {
  const reader = new Reader(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    const field = type.byNumber.get(tag >>> 3);
    if (!field) return String(tag >>> 3);
    const inner = innerOf(field);
    if (!inner || (tag & 7) !== 2) {
      reader.skipType(tag & 7);
      continue;
    }
    const part = reader.bytes();
    const found = field.key === undefined ? search(inner, part) : searchEntry(inner, part);
    if (found !== undefined) return `${field.name}.${found}`;
  }
  return undefined;
};

const innerOf = ({ type }: Field): MessageType | undefined => (type.kind === 'message' ? type.message : undefined);

/** An entry of a map: the value is field 2. */
const searchEntry = (inner: MessageType, bytes: Uint8Array): string | undefined => {
  const reader = new Reader(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag >>> 3 !== 2 || (tag & 7) !== 2) reader.skipType(tag & 7);
    else {
      const found = search(inner, reader.bytes());
      if (found !== undefined) return found;
    }
  }
  return undefined;
};
