import { type MessageType, messageType } from '../../shared/base/table.ts';
import type { EdgeDevConfig } from '../../shared/eve/generated/config.ts';
import { eve } from '../../shared/eve/generated/table.ts';

/** What keeps a device from decrypting, wherever in the config it stands (eve-device-api §5). */
export const checkSealed = (config: EdgeDevConfig): string[] => {
  const contexts = new Set(config.cipherContexts?.map(context => context.contextId));
  const out: string[] = [];
  for (const [path, block] of blocksIn(messageType(eve, 'config.EdgeDevConfig'), config, '')) {
    const { cipherContextId: id, initialValue, cipherData, clearTextSha256 } = block;
    if (typeof id !== 'string' || !contexts.has(id)) out.push(`${path}: no cipher context ${id}`);
    if (sizeOf(initialValue) !== 16)
      out.push(`${path}: an initial value of ${sizeOf(initialValue)} bytes crashes the agent`);
    if (sizeOf(clearTextSha256) !== 32) out.push(`${path}: no hash of the clear text`);
    if (sizeOf(cipherData) === 0) out.push(`${path}: nothing is encrypted`);
  }
  return out;
};

const sizeOf = (value: unknown): number => (value instanceof Uint8Array ? value.length : 0);

type Block = Record<string, unknown>;

/** Every cipher block, by the definition of the messages and not by a list of places that could be forgotten. */
const blocksIn = (type: MessageType, message: object, prefix: string): [string, Block][] =>
  type.fields.flatMap(field => {
    const value: unknown = (message as Block)[field.name]; // a message by the table
    if (field.type.kind !== 'message' || value === undefined || field.key !== undefined) return [];
    const { message: inner } = field.type;
    const path = `${prefix}${field.name}`;
    return (Array.isArray(value) ? value : [value]).flatMap((item: object): [string, Block][] =>
      inner.name === 'common.CipherBlock' ? [[path, item as Block]] : blocksIn(inner, item, `${path}.`),
    );
  });
