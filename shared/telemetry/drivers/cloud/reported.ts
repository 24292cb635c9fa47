import type { Key } from '../../../store/drivers/dynamo/table.ts';

/** The kind of telemetry that an item of the table says arrived, by its keys alone (`names.ts`); undefined when it says nothing so. */
export const toReported = ({ PK, SK }: Key, tenant: string): string | undefined => {
  const prefix = tenant === '' ? 'T#' : `${tenant}|T#`;
  if (!PK.startsWith(prefix) || !/^\d{16}$/.test(SK)) return undefined;
  return /^([^#]+)#\d+$/.exec(PK.slice(prefix.length))?.[1];
};
