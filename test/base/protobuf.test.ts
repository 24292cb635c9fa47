import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { isFault } from '../../shared/base/fault.ts';
import { decode, encode, isWellFormed } from '../../shared/base/protobuf.ts';
import { type Message, messageType, type Table } from '../../shared/base/table.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { k8s } from '../../shared/kube/wire/generated/table.ts';

const loose: Table = eve as unknown as Table; // names come from the table itself here
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const reference = (folder: string): protobuf.Root => {
  const root = new protobuf.Root();
  const base = new URL(`../../proto/${folder}/`, import.meta.url);
  for (const file of readdirSync(base, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.proto')) protobuf.parse(readFileSync(new URL(file, base), 'utf8'), root, { keepCase: true });
  }
  root.addJSON(protobuf.common.get('google/protobuf/timestamp.proto')?.nested ?? {});
  root.resolveAll();
  return root;
};

/** Random messages of a definition: every field now and then, a few levels deep. */
const messageOf = (table: Table, name: string, depth = 3): fc.Arbitrary<Message> => {
  const scalars: Record<string, () => fc.Arbitrary<unknown>> = {
    string: () => fc.string({ unit: 'grapheme', maxLength: 8 }).filter(s => s !== ''),
    bytes: () => fc.uint8Array({ minLength: 1, maxLength: 8 }),
    bool: () => fc.constant(true),
    double: () => fc.double({ noNaN: true }).filter(n => !Object.is(n, 0)),
    float: () => fc.float({ noNaN: true }).filter(n => !Object.is(n, 0)),
    int32: () => fc.integer().filter(n => n !== 0),
    sint32: () => fc.integer().filter(n => n !== 0),
    uint32: () => fc.integer({ min: 1, max: 0xffff_ffff }),
    int64: () =>
      fc
        .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
        .map(small)
        .filter(n => n !== 0),
    uint64: () => fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(small),
  };
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  const oneofs = new Set<string>();
  for (const field of messageType(table, name).fields) {
    if (field.oneof !== undefined && oneofs.has(field.oneof)) continue;
    if (field.oneof !== undefined) oneofs.add(field.oneof);
    const { type } = field;
    if (type.kind === 'message' && depth === 0) continue;
    const one: fc.Arbitrary<unknown> =
      type.kind === 'message'
        ? messageOf(table, type.message.name, depth - 1)
        : type.kind === 'enum'
          ? fc.integer({ min: 1, max: 30 })
          : (scalars[type.scalar]?.() ?? fc.constant(undefined));
    const key = field.key === 'string' ? fc.string({ minLength: 1, maxLength: 4 }) : fc.nat(1000).map(String);
    fields[field.name] = field.key
      ? fc.dictionary(key, one, { minKeys: 1, maxKeys: 3, noNullPrototype: true })
      : field.repeated
        ? fc.array(one, { minLength: 1, maxLength: 2 })
        : one;
  }
  return fc.record(fields, { requiredKeys: [] });
};

const small = (big: bigint): number | bigint => (Number.isSafeInteger(Number(big)) ? Number(big) : big);

const fullName = (name: string) => (name.startsWith('google.') ? name : `org.lfedge.eve.${name}`);

describe('against protobufjs with the same definitions', () => {
  const root = reference('eve');
  const names = Object.keys(eve.messages);
  test(`all ${names.length} messages`, () => {
    for (const name of names) {
      const type = root.lookupType(fullName(name));
      fc.assert(
        fc.property(messageOf(loose, name, 2), message => {
          const bytes = encode(loose, name, message);
          expect(decode(loose, name, bytes)).toEqual(message);
          const theirs = type.decode(bytes);
          expect(decode(loose, name, type.encode(theirs).finish())).toEqual(message);
        }),
        { numRuns: 5 },
      );
    }
  });

  test('byte for byte, with maps sorted', () => {
    const message = {
      config: { id: { uuid: 'u', version: '1' }, deviceIoList: [{ phyaddrs: { b: '2', a: '1' }, usage: 1 }] },
    };
    const bytes = encode(eve, 'config.ConfigResponse', message);
    const sorted = { config: { ...message.config, deviceIoList: [{ phyaddrs: { a: '1', b: '2' }, usage: 1 }] } };
    const type = root.lookupType('org.lfedge.eve.config.ConfigResponse');
    expect(hex(bytes)).toBe(hex(type.encode(type.fromObject(sorted)).finish()));
  });
});

describe('values', () => {
  test('present but empty messages stay', () => {
    expect(hex(encode(eve, 'config.EdgeDevConfig', { reboot: { counter: 0 } }))).toBe('4a00');
    expect(decode(eve, 'config.EdgeDevConfig', Buffer.from('4a00', 'hex'))).toEqual({ reboot: {} });
  });

  test('zero values are not written in proto3, but are in proto2', () => {
    expect(encode(eve, 'config.ConfigRequest', { configHash: '' })).toHaveLength(0);
    expect(hex(encode(k8s, 'k8s.io.api.core.v1.NamespaceStatus', { phase: '' }))).toBe('0a00');
  });

  test('64-bit integers are exact', () => {
    const time = { seconds: 2n ** 62n + 1n, nanos: -1 };
    expect(decode(eve, 'google.protobuf.Timestamp', encode(eve, 'google.protobuf.Timestamp', time))).toEqual(time);
    const low = { seconds: -(2n ** 63n) };
    expect(decode(eve, 'google.protobuf.Timestamp', encode(eve, 'google.protobuf.Timestamp', low))).toEqual(low);
    const seconds = -1;
    expect(decode(eve, 'google.protobuf.Timestamp', encode(eve, 'google.protobuf.Timestamp', { seconds }))).toEqual({
      seconds,
    });
  });

  test('a map key __proto__ is just a key', () => {
    const bytes = Buffer.from(`3210${'0a095f5f70726f746f5f5f120378797a'}`, 'hex');
    const entry = decode(eve, 'logs.LogEntry', bytes);
    expect(Object.keys(entry.tags ?? {})).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(entry.tags)).toBe(Object.prototype);
  });

  test('repeated numbers are read packed and unpacked', () => {
    for (const text of ['0a020102', '08010802']) {
      expect(decode(eve, 'attest.AttestPolicyPcrList', Buffer.from(text, 'hex'))).toEqual({ pcr_indices: [1, 2] });
    }
  });

  test('the last member of a oneof wins on reading; two at once are a mistake of the writer', () => {
    const one = encode(eve, 'info.ZInfoMsg', { dinfo: {} });
    const two = encode(eve, 'info.ZInfoMsg', { ainfo: {} });
    expect(decode(eve, 'info.ZInfoMsg', Buffer.concat([one, two]))).toEqual({ ainfo: {} });
    expect(() => encode(eve, 'info.ZInfoMsg', { dinfo: {}, ainfo: {} })).toThrow(TypeError);
  });

  test('a message that comes twice is merged', () => {
    const parts = [{ id: { uuid: 'a' } }, { id: { version: 'b' } }].map(part =>
      encode(eve, 'config.EdgeDevConfig', part),
    );
    expect(decode(eve, 'config.EdgeDevConfig', Buffer.concat(parts))).toEqual({ id: { uuid: 'a', version: 'b' } });
  });

  test('unknown fields and wire types of another definition are skipped', () => {
    const bytes = Buffer.from('0805ba3e03616263c33e0801c43e', 'hex');
    expect(decode(eve, 'config.ConfigRequest', bytes)).toEqual({});
  });

  test('a message that is encoded already goes in as it is; what is no message cannot', () => {
    const config = { id: { uuid: 'u' }, device_name: 'box' };
    const bytes = encode(eve, 'config.EdgeDevConfig', config);
    const whole = encode(eve, 'config.ConfigResponse', { configHash: 'h' }, { config: bytes });
    expect(hex(whole)).toBe(hex(encode(eve, 'config.ConfigResponse', { config, configHash: 'h' })));
    expect(() => encode(eve, 'config.ConfigResponse', {}, { configHash: bytes })).toThrow(TypeError);
    expect(() => encode(eve, 'config.ConfigResponse', {}, { other: bytes })).toThrow(TypeError);
  });

  test('a value of the wrong type is a bug', () => {
    expect(() => encode(loose, 'config.ConfigRequest', { configHash: 5 })).toThrow(TypeError);
  });
});

describe('bad input', () => {
  const cases: [string, string][] = [
    ['cut short', '0a05'],
    ['length beyond the end', '0aff0141'],
    ['endless length', '0affffffffffffffffffffff01'],
    ['field number 0', '0000'],
    ['group end without start', '0c'],
    ['wire type 7', '0f'],
    ['inner message longer than its outer', '0a020a05'],
  ];
  test.each(cases)('%s', (_, text) => {
    const bytes = Buffer.from(text, 'hex');
    expect(() => decode(eve, 'config.ConfigResponse', bytes)).toThrow(
      expect.objectContaining({ reason: 'BadRequest' }),
    );
  });

  test('nesting is bounded', () => {
    let bytes = new Uint8Array();
    for (let i = 0; i < 200; i++) bytes = wrap(bytes);
    const name = 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';
    expect(() => decode(k8s, name, bytes)).toThrow('nests too deep');
  });

  test('what a body grows to is bounded', () => {
    const bytes = new Uint8Array(2_000_000).fill(0);
    for (let i = 0; i < bytes.length; i += 2) bytes[i] = 0x1a;
    expect(() => decode(eve, 'attest.ZAttestReq', bytes)).toThrow('too many values');
  });

  test.each([
    ['', true],
    ['0801', true],
    ['fa3e03616263', true],
    ['0a05', false],
    ['0000', false],
    ['0f', false],
  ])('whether %j is well formed: %s', (text, expected) => {
    expect(isWellFormed(Buffer.from(text, 'hex'))).toBe(expected);
  });

  test('any bytes at all: a message or a BadRequest', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(eve.messages)), fc.uint8Array({ maxLength: 200 }), (name, bytes) => {
        try {
          const message = decode(loose, name, bytes);
          encode(loose, name, message);
        } catch (error) {
          expect(isFault(error, 'BadRequest')).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** JSONSchemaProps.not around what is given. */
const wrap = (inner: Uint8Array): Uint8Array<ArrayBuffer> => {
  const writer = new protobuf.Writer();
  return new Uint8Array(
    writer
      .uint32((28 << 3) | 2)
      .bytes(inner)
      .finish(),
  );
};
