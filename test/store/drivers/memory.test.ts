import { createMemoryStore } from '../../../shared/store/drivers/memory.ts';
import { createClock } from '../../conformance/clock.ts';
import { describeMovable } from '../../conformance/movable.ts';
import { describeStore } from '../../conformance/store.ts';

describeStore('memory', () => {
  const clock = createClock();
  return {
    clock,
    isDurable: false,
    open: async limits => createMemoryStore({ clock, ...limits }),
    remove: async () => {},
  };
});

describeMovable('memory', () => ({
  isDurable: false,
  open: async () => createMemoryStore({ clock: createClock() }),
  remove: async () => {},
}));
