import type { Clock } from '../../shared/base/ports.ts';

/** A clock that stands until it is moved. */
export const createClock = (start = Date.UTC(2026, 0, 1)): Clock & { advance(ms: number): void } => {
  let now = start;
  return {
    now: () => now,
    advance: ms => {
      now += ms;
    },
  };
};

export const silentLog = { debug() {}, info() {}, warn() {}, error() {} };
