import { describe, expect, it } from 'vitest';
import { isFormat, isKnownFormat } from '../../../shared/kube/schema/formats.ts';

const cases: [string, string[], string[]][] = [
  ['ipv4', ['0.0.0.0', '192.168.1.255'], ['256.0.0.1', '1.2.3', '01.2.3.4', 'a.b.c.d', '']],
  [
    'ipv6',
    ['::', '::1', 'fe80::1', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4'],
    ['1::2::3', '1:2:3', ':::', '1:2:3:4:5:6:7:8:9', '12345::', 'g::'],
  ],
  ['cidr', ['10.0.0.0/8', 'fe80::/64'], ['10.0.0.0', '10.0.0.0/33', 'fe80::/129', '10.0.0.0/8/8', '10.0.0.0/08']],
  ['mac', ['00:1A:2b:3c:4d:5e', '00-1a-2b-3c-4d-5e', '001a.2b3c.4d5e'], ['00:1a:2b:3c:4d', '00:1a-2b:3c:4d:5e']],
  ['uuid', ['3F2504E0-4F89-11D3-9A0C-0305E82C3301'], ['3F2504E0-4F89-11D3-9A0C', 'x']],
  ['uuid4', ['9b2f0c6e-4a6b-4a6d-8d1e-6d6f6f6e6d6c'], ['9b2f0c6e-4a6b-1a6d-8d1e-6d6f6f6e6d6c']],
  ['date', ['2024-02-29', '2023-12-31'], ['2023-02-29', '2023-13-01', '23-01-01']],
  [
    'date-time',
    ['2023-01-01T00:00:00Z', '2023-01-01T00:00:00.123+02:00'],
    ['2023-01-01', '2023-01-01T24:00:00Z', '2023-01-01T00:00:00'],
  ],
  ['duration', ['1h30m', '1.5s', '0', '10ms', '3 days'], ['', '1', 'h', '1x']],
  ['byte', ['', 'aGVsbG8=', 'aGVs'], ['a', 'aGVsbG8', '====', 'a$==']],
  ['uri', ['https://a.b/c', '/path', 'mailto:a@b.c'], ['', 'no spaces here', 'nothing']],
  ['email', ['a@b.c', 'a.b+c@d-e.f'], ['a', 'a@', '@b', 'a b@c']],
  ['hostname', ['a', 'a-b.example.com'], ['', '-a', 'a..b', 'a_b']],
  ['isbn', ['0-306-40615-2', '978-3-16-148410-0'], ['0-306-40615-3', '978-3-16-148410-1']],
  ['creditcard', ['4111 1111 1111 1111'], ['4111111111111112', '12']],
  ['hexcolor', ['#fff', 'a1b2c3'], ['#ffff', 'xyz']],
  ['rgbcolor', ['rgb(1, 2, 255)'], ['rgb(1,2)', 'rgb(1,2,256)']],
  ['k8s-short-name', ['a-b'], ['A', 'a.b', '-a', 'a'.repeat(64)]],
  ['k8s-long-name', ['a.b-c'], ['A', 'a..b', '.a']],
];

describe('isFormat', () => {
  it.each(cases)('%s', (format, good, bad) => {
    expect(isKnownFormat(format)).toBe(true);
    expect(good.filter(text => !isFormat(format, text))).toEqual([]);
    expect(bad.filter(text => isFormat(format, text))).toEqual([]);
  });

  it('says nothing about formats that it does not know', () => {
    expect(isKnownFormat('constructor')).toBe(false);
    expect(isFormat('whatever', 'x')).toBe(true);
    expect(isFormat('constructor', 'x')).toBe(true);
  });
});
