import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../shared/base/protobuf.ts';
import { certHash } from '../../shared/eve/certs.ts';
import { cipherKey, decryptBlock } from '../../shared/eve/cipher.ts';
import { sealEnvelope, verifyEnvelope } from '../../shared/eve/envelope.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { encodeServed } from '../../shared/eve/served.ts';
import { makePair, makeRoom, signed, uuidA, uuidB } from './kit.ts';

const device = makePair('EVE');
const exchange = makePair('device ecdh');

const start = async (changes: Parameters<typeof makeRoom>[0] = {}) => {
  const kit = makeRoom(changes);
  kit.join(device, uuidA);
  const payload = encode(eve, 'config.ConfigResponse', { config: { id: { uuid: uuidA } }, configHash: 'hash' });
  const certificate = Buffer.from(kit.signing.certificatePem);
  const value = encodeServed({
    configHash: 'hash',
    configTimestampMs: 1,
    version: 1,
    notes: new Uint8Array(),
    answer: sealEnvelope(payload, { key: kit.signing.key, certificate }),
  });
  await kit.store.commit('configs', { key: uuidA, expected: 0, value });
  const ask = (by = device, uuid = uuidA) =>
    kit.post(`/id/${uuid}/compound-config`, signed(by, 'config.CompoundEdgeDevConfigRequest', { cfg_req: {} }));
  const read = async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return decode(eve, 'config.CompoundEdgeDevConfig', bytes).protected_config;
  };
  return { ...kit, payload, ask, read };
};

describe('compound config', () => {
  it('is signed, and encrypted to a device that told how', async () => {
    const { payload, read, post, signing, ecdh } = await start();
    expect((await read())?.protectedPayload?.payload).toEqual(payload);
    const cert = Buffer.from(exchange.certificatePem);
    const told = { reqType: 1, certs: [{ type: 13, hashAlgo: 1, certHash: certHash(cert), cert }] };
    expect((await post(`/id/${uuidA}/attest`, signed(device, 'attest.ZAttestReq', told))).status).toBe(201);
    const container = await read();
    expect(container?.protectedPayload).toBeUndefined();
    expect(container?.cipherData?.cipherContextId).toBe(container?.cipherContext?.contextId);
    expect(container?.cipherContext?.controllerCertHash).toEqual(
      new Uint8Array(certHash(Buffer.from(ecdh.certificatePem))),
    );
    // As a device opens it: decrypts first, and verifies what comes out.
    const plain = decryptBlock(cipherKey(exchange.key, ecdh.publicKey), container?.cipherData ?? {});
    expect(Buffer.from(plain).equals(Buffer.from(payload))).toBe(true);
    const signature = container?.signatureHash ?? new Uint8Array();
    const none = new Uint8Array();
    const envelope = { payload: plain, certHash: none, signature, senderCert: none };
    expect(await verifyEnvelope(envelope, signing.publicKey)).toBe(true);
  });

  it('is for the device alone, and no way past attestation', async () => {
    const { ask } = await start();
    expect((await ask(makePair('EVE'))).status).toBe(404);
    expect((await ask(device, uuidB)).status).toBe(400);
    const strict = await start({ policy: { requiresToken: () => true } });
    expect((await strict.ask()).status).toBe(403);
  });
});
