import { appendFile, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFileTelemetry } from '../../../shared/telemetry/drivers/files.ts';
import { silentLog } from '../../conformance/clock.ts';
import { runAndKill } from '../../conformance/killed.ts';
import { describeTelemetry } from '../../conformance/telemetry.ts';

for (const segmentBytes of [64 << 20, 2000]) {
  describeTelemetry(`files of ${segmentBytes} bytes`, () => {
    const dirs: string[] = [];
    const newDir = async () => {
      dirs.push(await mkdtemp(join(tmpdir(), 'kubeve-telemetry-')));
      return dirs.at(-1) ?? '';
    };
    return {
      isDurable: true,
      open: async () => openFileTelemetry({ dir: dirs.at(-1) ?? (await newDir()), log: silentLog, segmentBytes }),
      /** A copy of the files as they are, with half a record at the end of the last. */
      async crash() {
        const from = join(dirs.at(-1) ?? '');
        const to = await newDir();
        await cp(from, to, { recursive: true });
        const last = (await readdir(join(to, 'log')))
          .filter(name => name.endsWith('.log'))
          .sort()
          .at(-1);
        await appendFile(join(to, 'log', last ?? ''), Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]));
      },
      remove: async () => {
        for (const dir of dirs) await rm(dir, { recursive: true, force: true });
      },
    };
  });
}

it('loses nothing acknowledged when the process is killed', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'kubeve-telemetry-'));
  const program = new URL('../../conformance/programs/telemetry.ts', import.meta.url);
  const acked = new Map<string, string[]>();
  for (let round = 0; round < 4; round++) {
    await runAndKill(program, [dir, `${round}`], 200 + round * 613, line => {
      const [device = '', text = ''] = line.split(' ');
      acked.set(device, [...(acked.get(device) ?? []), text]);
    });
    const telemetry = await openFileTelemetry({ dir, log: silentLog });
    for (const [device, texts] of acked) {
      const found: string[] = [];
      for await (const { body } of telemetry.read('log', { device })) {
        found.push(new TextDecoder().decode(body).replace(/\.+$/, ''));
      }
      // The one append of a round that was under way when the end came may be there.
      const extra = found.filter(text => !texts.includes(text));
      expect(found.filter(text => texts.includes(text))).toEqual(texts);
      expect(extra.length).toBeLessThanOrEqual(round + 1);
    }
    await telemetry.close();
  }
  expect(acked.size).toBe(16);
  await rm(dir, { recursive: true });
});
