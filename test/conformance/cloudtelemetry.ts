import { expect } from 'vitest';
import type { S3BlobsOptions } from '../../shared/blob/drivers/s3.ts';
import type { AwsTableOptions } from '../../shared/store/drivers/dynamo/awstable.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { readAll } from '../support/cloudtelemetry.ts';
import { runAndKill } from './killed.ts';

/** Where several processes meet. */
export interface Places {
  readonly table: Pick<AwsTableOptions, 'table' | 'endpoint' | 'region' | 'credentials'>;
  readonly s3: Omit<S3BlobsOptions, 'random'>;
}

/**
 * Several processes write and several follow; each is killed again and again and begins anew, followers at the last line
 * that they printed. Nothing that was acknowledged may be missing, and who follows must have seen it all, once and in order.
 */
export const checkKilledProcesses = async (
  places: Places,
  open: () => Telemetry,
  { writers, followers, rounds }: { writers: number; followers: number; rounds: number },
): Promise<void> => {
  const program = new URL('programs/cloudtelemetry.ts', import.meta.url);
  const args = JSON.stringify(places);
  const acked: string[] = [];
  const writer = async (name: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      await runAndKill(program, [args, `w${name}.${round}`], 40 + name * 17 + round * 31, line => {
        acked.push(line.split(' ')[1] ?? '');
      });
    }
  };
  const seen = Array.from({ length: followers }, (): string[] => []);
  const follower = async (lines: string[]): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      const after = lines.at(-1)?.split(' ')[0] ?? '';
      await runAndKill(program, [args, 'follow', after], 30 + round * 20, line => lines.push(line));
    }
  };
  await Promise.all([...Array.from({ length: writers }, (_, i) => writer(i)), ...seen.map(follower)]);
  const telemetry = open();
  await telemetry.retain('log', 0);
  const truth = (await readAll(telemetry)).map(
    ({ cursor, body }) => `${cursor} ${new TextDecoder().decode(body).replace(/\.+$/, '')}`,
  );
  await telemetry.close();
  const texts = truth.map(line => line.split(' ')[1]);
  expect(new Set(texts).size).toBe(texts.length);
  const there = new Set(texts);
  expect(acked.filter(text => !there.has(text))).toEqual([]);
  expect(acked.length).toBeGreaterThan(40 * writers * rounds);
  for (const stream of new Set(acked.map(text => text.slice(0, text.lastIndexOf('-') + 1)))) {
    const found = texts.filter(text => text?.startsWith(stream) && acked.includes(text));
    expect(found).toEqual(acked.filter(text => text.startsWith(stream)));
  }
  for (const lines of seen) {
    expect(lines.length).toBeGreaterThan(30 * rounds);
    expect(lines).toEqual(truth.slice(0, lines.length));
  }
};
