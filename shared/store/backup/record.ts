import type { Kept, Mark } from '../movable.ts';

/** One thing in a backup. Entries belong to the type before them. */
export type BackupRecord =
  | { readonly type: string; readonly revision: number }
  | { readonly entry: Kept }
  | { readonly mark: Mark }
  /** A file of the identities: a key or a certificate in PEM. */
  | { readonly identity: { readonly name: string; readonly text: string } };

/** What a backup says of itself, before everything else. */
export interface BackupHead {
  /** Names this backup, so that a restore that broke off goes on with the same. */
  readonly id: string;
  /** When it was made, RFC 3339. */
  readonly at: string;
}

/** The only format so far. One that adds to it has another number, because it would be restored in part otherwise. */
export const backupFormat = 1;
