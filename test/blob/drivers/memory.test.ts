import { createMemoryBlobs } from '../../../shared/blob/drivers/memory.ts';
import { describeBlobs } from '../../conformance/blobs.ts';
import { createClock } from '../../conformance/clock.ts';

describeBlobs('memory', async () => {
  const blobs = createMemoryBlobs({ clock: createClock() });
  return {
    isShared: false,
    largeBytes: 1 << 20,
    open: async () => blobs,
    clear: async () => {
      for await (const { key } of blobs.list('')) await blobs.delete([key]);
    },
    remove: async () => {},
  };
});
