import { type Field, type MessageType, messageType } from '../../shared/base/table.ts';
import { eve } from '../../shared/eve/generated/table.ts';

/** A field of a device's configuration. */
export interface ConfigField {
  /** Names from the top, without list positions: `apps.interfaces.addr`. */
  readonly path: string;
  readonly number: number;
  /** `string`, `VmMode`, `ACE[]`, `map of string`. */
  readonly type: string;
  /** Whether it holds no further fields. */
  readonly isLeaf: boolean;
}

/** Messages that are one value to whoever sets them. */
const whole = new Set(['common.CipherBlock', 'common.CipherContext', 'google.protobuf.Timestamp']);

/** Every field of `EdgeDevConfig` and of the messages in it, in the order of the definition. A message within itself is named once. */
export const configFields = (): ConfigField[] => walk(messageType(eve, 'config.EdgeDevConfig'), '', []);

const walk = (type: MessageType, prefix: string, trail: readonly string[]): ConfigField[] =>
  type.fields.flatMap(field => {
    const path = `${prefix}${field.name}`;
    const inner = innerOf(field);
    const open = inner !== undefined && !trail.includes(inner.name) && inner.name !== type.name;
    const below = open ? walk(inner, `${path}.`, [...trail, type.name]) : [];
    return [{ path, number: field.number, type: nameOf(field), isLeaf: !open }, ...below];
  });

export const innerOf = (field: Field): MessageType | undefined =>
  field.type.kind === 'message' && !whole.has(field.type.message.name) ? field.type.message : undefined;

const nameOf = ({ type, repeated, key }: Field): string => {
  const full = type.kind === 'scalar' ? type.scalar : type.kind === 'enum' ? type.name : type.message.name;
  const short = full.slice(full.lastIndexOf('.') + 1);
  return key !== undefined ? `map of ${short}` : repeated ? `${short}[]` : short;
};
