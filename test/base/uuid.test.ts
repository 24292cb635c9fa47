import { expect, test } from 'vitest';
import { isUuid, toUuid } from '../../shared/base/uuid.ts';

test('is version 5 of RFC 9562', () => {
  // The example of the RFC, appendix A.4.
  expect(toUuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
});

test('depends on object and role, and on nothing else', () => {
  const uid = '00000000-0000-4000-8000-000000000001';
  expect(toUuid(uid, 'app')).toBe(toUuid(uid, 'app'));
  expect(toUuid(uid, 'app')).not.toBe(toUuid(uid, 'volume'));
  expect(isUuid(toUuid('no uuid at all', 'app'))).toBe(true);
});

test.each([undefined, '', 'x', '00000000-0000-4000-8000-00000000000', '00000000-0000-4000-8000-00000000000g'])(
  '%s is no UUID',
  text => {
    expect(isUuid(text)).toBe(false);
  },
);
