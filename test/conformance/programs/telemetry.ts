// Appends to telemetry for as long as it lives and prints each append that was acknowledged: device, text.
import { openFileTelemetry } from '../../../shared/telemetry/drivers/files.ts';
import { silentLog } from '../clock.ts';
import { say } from '../say.ts';

const [, , dir = '', round = ''] = process.argv;
const telemetry = await openFileTelemetry({ dir, log: silentLog, segmentBytes: 200_000 });

const write = async (worker: number): Promise<void> => {
  for (let i = 0; ; i++) {
    const text = `${round}-${i}`;
    const body = new TextEncoder().encode(text.padEnd(500 + (i % 9) * 300, '.'));
    await telemetry.append('log', [{ device: `d${worker}`, at: Date.now(), body }]);
    say(`d${worker} ${text}`);
  }
};
await Promise.all(Array.from({ length: 16 }, (_, i) => write(i)));
