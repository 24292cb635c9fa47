import { mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchFiles } from '../../functions/node/watch.ts';
import { until } from '../support/until.ts';

let dir: string;
let path: string;
let stop: () => void;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kubeve-watch-'));
  path = join(dir, 'file');
  stop = () => {};
});
afterEach(() => {
  stop();
  rmSync(dir, { recursive: true, force: true });
});

it('sees what is written before anybody follows', async () => {
  writeFileSync(path, 'first');
  const files = watchFiles([path], 5);
  writeFileSync(path, 'second one');
  let count = 0;
  stop = files.follow(() => {
    count += 1;
  });
  await until(() => expect(count).toBe(1));
});

it.each<[string, () => void]>([
  ['is written', () => writeFileSync(path, 'another')],
  ['is replaced', () => [writeFileSync(`${path}.new`, 'first'), renameSync(`${path}.new`, path)]],
  ['is removed', () => unlinkSync(path)],
])('sees that one %s, once', async (_, act) => {
  writeFileSync(path, 'first');
  let count = 0;
  let isSettled = false;
  stop = watchFiles([path], 5).follow(() => {
    count += 1;
  });
  act();
  await until(() => expect(count).toBe(1));
  const other = watchFiles([join(dir, 'other')], 5);
  writeFileSync(join(dir, 'other'), '');
  const end = other.follow(() => {
    isSettled = true;
  });
  // Who looks as often has looked in the meantime.
  await until(() => expect(isSettled).toBe(true));
  end();
  expect(count).toBe(1);
});
