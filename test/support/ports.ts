import { createHash } from 'node:crypto';
import type { Clock, Log, Ports, Random } from '../../shared/base/ports.ts';

export interface TestClock extends Clock {
  /** Lets time pass. */
  advance(ms: number): void;
}

export interface TestPorts extends Ports {
  readonly clock: TestClock;
  /** What was logged at warn and above. */
  readonly complaints: { readonly level: string; readonly message: string; readonly fields: unknown }[];
}

/** Ports that a test steers: time stands still, randomness repeats itself. */
export const createTestPorts = (now = Date.parse('2026-01-02T03:04:05Z')): TestPorts => {
  const complaints: TestPorts['complaints'] = [];
  const note = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    void complaints.push({ level, message, fields });
  const log: Log = { debug: () => {}, info: () => {}, warn: note('warn'), error: note('error') };
  return { clock: createTestClock(now), random: createTestRandom(), log, complaints };
};

const createTestClock = (start: number): TestClock => {
  let now = start;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
};

const createTestRandom = (): Random => {
  let count = 0;
  const bytes = (length: number): Uint8Array => {
    const blocks: Buffer[] = [];
    for (let have = 0; have < length; have += 32) blocks.push(createHash('sha256').update(`${count++}`).digest());
    return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
  };
  const uuid = (): string => {
    const hex = Buffer.from(bytes(16)).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  return { bytes, uuid };
};
