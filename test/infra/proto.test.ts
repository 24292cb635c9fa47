import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generate } from '../../infra/proto.ts';

test.each([...generate()])('%s is what proto/ says', (path, text) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text);
});
