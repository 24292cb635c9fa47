import type { Random } from '../../base/ports.ts';

/** Under which id a request is recorded: the client's own, when it gives one that can be written down. */
export const toAuditId = (random: Random, request: Request): string => {
  const given = request.headers.get('audit-id');
  return given && /^[\x21-\x7e]{1,128}$/.test(given) ? given : random.uuid();
};
