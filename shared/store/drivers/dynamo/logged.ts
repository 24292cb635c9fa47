import type { Key } from './table.ts';

/** A slot of the log of a type: at `revision` something happened, or nothing did. */
export interface Logged {
  readonly type: string;
  readonly revision: number;
}

/** What an item of the table says happened, by its keys alone (`names.ts`); undefined when it belongs to no log of the tenant. */
export const toLogged = ({ PK, SK }: Key, tenant: string): Logged | undefined => {
  const prefix = tenant === '' ? 'L#' : `${tenant}|L#`;
  if (!PK.startsWith(prefix) || !/^\d{16}$/.test(SK)) return undefined;
  const parts = PK.slice(prefix.length).split('#');
  if (parts.length !== 2) return undefined;
  return { type: fromPart(parts[0] ?? ''), revision: Number(SK) };
};

const fromPart = (text: string): string => text.replaceAll('%23', '#').replaceAll('%25', '%');
