import { type BatchAnswer, follow } from './follow.ts';
import type { StreamRecord } from './happened.ts';
import { portsOf } from './open.ts';
import { openBehind } from './openbehind.ts';
import type { Context } from './stream.ts';

const ports = portsOf(process.env);
const open = openBehind('compose', ports);

/** Follows the stream of the table; see `follow`. */
export const handler = async (
  { Records }: { readonly Records: readonly StreamRecord[] },
  context: Context,
): Promise<BatchAnswer> => {
  const { behind, opened } = await open();
  const { store, settings } = opened;
  return follow({ store, tenant: settings.tenant, behind, log: ports.log }, Records, context);
};
