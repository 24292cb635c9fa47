import { describe, expect, it } from 'vitest';
import { isFault } from '../../shared/base/fault.ts';
import { parseQuantity } from '../../shared/base/quantity.ts';
import { parseYaml } from '../../shared/base/yaml.ts';
import { toJsonPath } from '../../shared/kube/describe/jsonpath.ts';
import { parseFieldSelector } from '../../shared/kube/select/fields.ts';
import { parseLabelSelector } from '../../shared/kube/select/labels.ts';
import { parseAccept } from '../../shared/kube/wire/negotiate.ts';
import { decodeProtobuf } from '../../shared/kube/wire/protobuf.ts';
import { watchCpu } from '../support/cpu.ts';

const fill = (text: string, length: number): string => text.repeat(Math.floor(length / text.length));
const each = (count: number, make: (i: number) => string, by: string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(by);

/** One field of a message: what is long in it is told by its length. */
const field = (tag: number, body: Uint8Array): Uint8Array => {
  const head = [tag];
  let left = body.length;
  for (; left > 127; left >>>= 7) head.push((left & 127) | 128);
  return Buffer.concat([Uint8Array.from([...head, left]), body]);
};
const text = (value: string): Uint8Array => Buffer.from(value);
const many = (count: number, make: (i: number) => Uint8Array): Uint8Array =>
  Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));
const configMap = (body: Uint8Array): Uint8Array => {
  const type = field(10, Buffer.concat([field(10, text('v1')), field(18, text('ConfigMap'))]));
  return Buffer.concat([Uint8Array.from([0x6b, 0x38, 0x73, 0]), type, field(18, body)]);
};
const pair = (i: number): Uint8Array => Buffer.concat([field(10, text(`k${i}`)), field(18, text('v'))]);

const yaml = 500_000;
const selector = 65_000;

/** Whatever a client sends, of the length that is allowed: it is read or refused, in time that grows with its length alone. */
describe('what reading takes is bounded', () => {
  it.each<[string, () => unknown]>([
    ...['}{', '* ', '---\n', '1:'].map((part): [string, () => unknown] => [
      `YAML of ${JSON.stringify(part)}`,
      () => parseYaml(fill(part, yaml)),
    ]),
    ['YAML with anchors', () => parseYaml(each(30_000, i => `a${i}: &a${i} x`, '\n'))],
    ['YAML with aliases', () => parseYaml(`a: &a x\nb: [${fill('*a, ', yaml)}]`)],
    ['YAML with merges', () => parseYaml(`a: &a {x: 1}\n${each(20_000, i => `k${i}: {<<: *a}`, '\n')}`)],
    ['YAML with a long number', () => parseYaml(fill('1', yaml))],
    ['labels', () => parseLabelSelector(each(6000, () => 'a in (b)', ','))],
    ['values of labels', () => parseLabelSelector(`a in (${each(30_000, () => 'b', ',')})`)],
    ['negations', () => parseLabelSelector(fill('!', selector))],
    ['fields', () => parseFieldSelector(fill('a=b,', selector))],
    ['escapes in fields', () => parseFieldSelector(`a=${fill('\\,', selector)}`)],
    ['a path of indices', () => toJsonPath(fill('[0]', 1_000_000))({ a: [1] })],
    ['a path of names', () => toJsonPath(fill('.a', 1_000_000))({ a: {} })],
    ['filters in filters', () => toJsonPath(fill('[?(@[', 200_000))({})],
    ['digits of a quantity', () => parseQuantity(fill('1', 1_000_000))],
    ['clauses', () => parseAccept(fill(`a/b;${fill('x=y;', 4000)},`, 200_000))],
    ['metadata in protobuf', () => decodeProtobuf(configMap(many(200_000, () => field(10, field(10, text('n'))))))],
    ['data in protobuf', () => decodeProtobuf(configMap(many(150_000, i => field(18, pair(i)))))],
    [
      'labels in protobuf',
      () =>
        decodeProtobuf(
          configMap(
            field(
              10,
              many(150_000, i => field(90, pair(i))),
            ),
          ),
        ),
    ],
  ])('%s', (_, read) => {
    const spent = watchCpu();
    try {
      read();
    } catch (error) {
      expect(isFault(error, 'BadRequest')).toBe(true);
    }
    expect(spent()).toBeLessThan(8_000);
  });
});
