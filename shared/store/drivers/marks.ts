import type { Marks } from '../marks.ts';

export interface Mark {
  readonly space: string;
  readonly key: string;
  /** Undefined: deleted. */
  readonly value: Uint8Array | undefined;
}

/** For a driver that keeps marks: what it kept, and where to tell it of changes and of the end. */
export interface MarksKeeper {
  readonly initial: Iterable<{ readonly space: string; readonly key: string; readonly value: Uint8Array }>;
  onChange(mark: Mark): void;
  onClose(): Promise<void>;
}

/** Marks in memory. */
export const createMemoryMarks = (keeper?: MarksKeeper): Marks => {
  const spaces = new Map<string, Map<string, Uint8Array>>();
  const put = (space: string, key: string, value: Uint8Array): void => {
    const marks = spaces.get(space) ?? new Map<string, Uint8Array>();
    spaces.set(space, marks.set(key, value));
  };
  for (const { space, key, value } of keeper?.initial ?? []) put(space, key, value);
  const get = (space: string, key: string) => spaces.get(space)?.get(key);
  return {
    async set(space, key, value) {
      put(space, key, value);
      keeper?.onChange({ space, key, value });
    },
    async get(space, key) {
      return get(space, key);
    },
    async getMany(space, keys) {
      return keys.map(key => get(space, key));
    },
    async delete(space, key) {
      if (spaces.get(space)?.delete(key)) keeper?.onChange({ space, key, value: undefined });
    },
    async *all(space) {
      for (const [key, value] of spaces.get(space) ?? []) yield { key, value };
    },
    async close() {
      await keeper?.onClose();
    },
  };
};
