import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decode } from '../../shared/base/protobuf.ts';
import { openEnvelope } from '../../shared/eve/envelope.ts';
import { type Adam, eve, makePair, startAdam } from './kit.ts';

const pair = makePair('EVE');

let kit: Adam;
let uuid: string;
beforeEach(async () => {
  kit = await startAdam();
  uuid = await kit.add(pair, { Serial: 'box' });
});
afterEach(() => kit.stop.abort());

const options = () => `/admin/device/${uuid}/options`;
/** A device without a TPM attests itself. */
const quote = async () => {
  const answer = await kit.post(pair, `/id/${uuid}/attest`, 'attest.ZAttestReq', {
    reqType: 3,
    quote: { versions: [{ version_type: 1, version: '16.0.0' }] },
  });
  const { payload } = openEnvelope(new Uint8Array(await answer.arrayBuffer()));
  return decode(eve, 'attest.ZAttestResponse', payload).quoteResp;
};
/** 503: the device may have its config, but there is none yet. */
const poll = async (token: Uint8Array = new Uint8Array()) =>
  (await kit.post(pair, `/id/${uuid}/config`, 'config.ConfigRequest', { integrity_token: token })).status;

describe('options of a device', () => {
  it('are 404 until there are any, and keep what a client puts', async () => {
    expect(await kit.status(kit.ask('GET', options()))).toBe(404);
    expect(await kit.status(kit.ask('PUT', options(), { mine: { a: [1] }, Attested: true, nonce: 'n' }))).toBe(200);
    expect(await (await kit.ask('GET', options())).json()).toEqual({
      nonce: '',
      integrityToken: '',
      receivedPCRTemplate: null,
      attested: false,
      eventLog: [],
      mine: { a: [1] },
    });
  });

  it('tell what was attested, and of the token a fingerprint that opens nothing', async () => {
    const answer = await quote();
    const token = answer?.integrity_token ?? new Uint8Array();
    const shown = (await (await kit.ask('GET', options())).json()) as { integrityToken: string };
    expect(shown).toMatchObject({
      attested: true,
      receivedPCRTemplate: { eveVersion: '16.0.0', firmwareVersion: '', PCRValues: [] },
    });
    expect(shown.integrityToken).toMatch(/^[0-9a-f]{64}$/);
    expect(shown.integrityToken).not.toBe(Buffer.from(token).toString('hex'));
    expect(await kit.status(kit.ask('PUT', options(), shown))).toBe(200);
    expect(await (await kit.ask('GET', options())).json()).toEqual(shown);
    expect(await poll(token)).toBe(503);
  });

  it('make a device attest itself anew, and never attest in its name', async () => {
    const token = (await quote())?.integrity_token ?? new Uint8Array();
    expect(await kit.status(kit.ask('PUT', options(), { integrityToken: 'mine', attested: true }))).toBe(200);
    expect(await (await kit.ask('GET', options())).json()).toMatchObject({ integrityToken: '', attested: false });
    for (const each of [token, Buffer.from('mine'), new Uint8Array()]) expect(await poll(each)).toBe(403);
    const fresh = (await quote())?.integrity_token ?? new Uint8Array();
    expect(await poll(token)).toBe(503); // not demanded any more
    expect(fresh).not.toEqual(token);
  });

  it.each([{ integrityToken: 5 }, { nonce: {} }, { attested: 'yes' }, [], '{', '{"a":1}{'])(
    'are not %j',
    async body => {
      expect(await kit.status(kit.ask('PUT', options(), body))).toBe(400);
      expect(await kit.status(kit.ask('GET', options()))).toBe(404);
    },
  );
});

describe('global options', () => {
  const path = '/admin/options';
  const hex = 'AB'.repeat(32);
  const enforced = {
    enforceTemplateAttestation: true,
    PCRTemplates: [
      {
        eveVersion: '16.0.0',
        firmwareVersion: '',
        PCRValues: [
          { index: 0, value: hex },
          { index: 1, value: '*' },
        ],
      },
    ],
    mine: 1,
  };

  it('are 404 until they are set, and kept as they were written', async () => {
    expect(await kit.status(kit.ask('GET', path))).toBe(404);
    const text = JSON.stringify(enforced, undefined, 3);
    expect(await kit.status(kit.ask('PUT', path, text))).toBe(200);
    expect(await (await kit.ask('GET', path)).text()).toBe(text);
  });

  it('enforced, leave no way past attestation', async () => {
    const token = (await quote())?.integrity_token ?? new Uint8Array();
    expect(await poll()).toBe(503);
    expect(await kit.status(kit.ask('PUT', path, enforced))).toBe(200);
    expect(await poll()).toBe(403);
    expect(await poll(token)).toBe(503); // attested before: its token stands
    // An empty quote, which Adam takes for a device without a TPM.
    expect(await quote()).toMatchObject({ response: 4 });
    expect(await kit.status(kit.ask('PUT', options(), { integrityToken: '' }))).toBe(200);
    expect(await quote()).toMatchObject({ response: 4 });
    expect(await poll(token)).toBe(403);
  });

  it.each([
    { enforceTemplateAttestation: 'yes' },
    { PCRTemplates: {} },
    { PCRTemplates: [1] },
    { PCRTemplates: [{ PCRValues: [{ index: 24, value: '' }] }] },
    { PCRTemplates: [{ PCRValues: [{ index: 0, value: 'xyz' }] }] },
    [],
  ])('are not %j', async body => {
    expect(await kit.status(kit.ask('PUT', path, body))).toBe(400);
    expect(await kit.status(kit.ask('GET', path))).toBe(404);
  });

  it('that nobody can read let nobody past', async () => {
    expect(await kit.status(kit.ask('PUT', path, {}))).toBe(200);
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'adam-options', namespace: 'kube-system' } };
    await kit.change(map, { data: { 'options.json': '{"enforceTemplateAttestation":' } });
    expect(await poll()).toBe(403);
  });
});
