import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openKeys } from '../../cli/device/keys.ts';
import { quote } from '../../cli/device/tpm.ts';
import { isFault } from '../../shared/base/fault.ts';
import { encode } from '../../shared/base/protobuf.ts';
import { readEventLog, replay } from '../../shared/eve/eventlog.ts';
import { decodeQuote } from '../../shared/eve/evidence.ts';
import { eve } from '../../shared/eve/generated/table.ts';

const made = quote(new Uint8Array(16), openKeys().attestation, { software: '16.0.0', extra: 'rootkit' });
const packed = made.tpm_binary_event_log ?? new Uint8Array();

test('a log leads to the registers that were quoted', () => {
  const events = readEventLog(packed);
  expect(events).toHaveLength(1 + 16 + 2);
  const told = Object.fromEntries(
    (made.pcr_values ?? [])
      .slice(0, 16)
      .map(({ index = 0, value }) => [index, Buffer.from(value ?? []).toString('hex')]),
  );
  expect(replay(events)).toEqual(told);
});

test('a quote is read with its log, and where both disagree', () => {
  const json = decodeQuote(encode(eve, 'attest.ZAttestQuote', made));
  expect(json['registers']).toMatchObject({ 4: { agrees: true }, 20: { value: '0'.repeat(64) } });
  expect(json['events']).toContainEqual(expect.objectContaining({ register: 4, type: 'EV_IPL', text: 'rootkit' }));
  const values = (made.pcr_values ?? []).map(one => (one.index === 4 ? { ...one, value: new Uint8Array(32) } : one));
  const lied = decodeQuote(encode(eve, 'attest.ZAttestQuote', { ...made, pcr_values: values }));
  expect(lied['registers']).toMatchObject({ 4: { agrees: false }, 5: { agrees: true } });
});

test('the older form has no SHA-256', () => {
  const log = Buffer.alloc(32 + 3);
  log.writeUInt32LE(7, 0);
  log.writeUInt32LE(4, 4);
  log.writeUInt32LE(3, 28);
  expect(readEventLog(log)).toEqual([{ register: 7, type: 4, data: Buffer.alloc(3) }]);
});

test.each([
  ['cut short', gzipSync(Buffer.alloc(40, 1))],
  ['no gzip', Buffer.from([0x1f, 0x8b, 1, 2])],
  ['a bomb', gzipSync(Buffer.alloc(9 * 1024 * 1024))],
])('what is %s is refused, and shown as it came', (_, bytes) => {
  expect(() => readEventLog(bytes)).toThrow(/event log/);
  const json = decodeQuote(encode(eve, 'attest.ZAttestQuote', { tpm_binary_event_log: bytes }));
  expect(json['eventLogError']).toMatch(/event log/);
});

test('any bytes are read or refused', () => {
  const start = Buffer.from(readEventLog(packed)[0]?.data ?? []);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, agile) => {
      const head = Buffer.concat([Buffer.alloc(28), Buffer.from([start.length, 0, 0, 0]), start]);
      try {
        readEventLog(agile ? Buffer.concat([head, noise]) : noise);
      } catch (error) {
        expect(isFault(error, 'Invalid')).toBe(true);
      }
    }),
  );
});
