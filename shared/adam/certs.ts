import { HashAlgorithm } from '../eve/generated/common.ts';
import { decodeKnown, type KnownCertificate, nothingKnown } from '../eve/known.ts';
import { json } from './answer.ts';
import { devicesIn } from './caller.ts';
import { findDevice } from './find.ts';
import type { AdamRoom, Handler } from './room.ts';

/** The certificates that a device told, as Go prints the struct; `{}` before it told any. */
export const getCerts: Handler = async ({ room, caller, params }) => {
  const { uuid } = await findDevice(room, caller, params.uuid ?? '', 'get', devicesIn(room.namespace));
  const { certificates } = await knownOf(room, uuid);
  return json(JSON.stringify(certificates.length === 0 ? {} : { certs: certificates.map(toGo) }));
};

/** What is known of a device beside its object. */
export const knownOf = async ({ store }: AdamRoom, uuid: string) => {
  const entry = await store.get('devices', uuid);
  return entry ? decodeKnown(entry.value) : nothingKnown;
};

/** Numbers for enumerations, zero fields left out. */
const toGo = ({ type, hash, pem, tpmPublic }: KnownCertificate): object => ({
  hashAlgo: HashAlgorithm.HASH_ALGORITHM_SHA256_16BYTES,
  certHash: hash,
  ...(type !== 0 && { type }),
  cert: pem,
  ...(tpmPublic !== undefined && { meta_data_items: [{ type: 1, meta_data: tpmPublic }] }),
});
