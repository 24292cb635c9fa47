import type { Marks } from '../marks.ts';
import type { Mark } from '../movable.ts';

export interface ChangedMark extends Omit<Mark, 'value'> {
  /** Undefined: deleted. */
  readonly value: Uint8Array | undefined;
}

/** For a driver that keeps marks: what it kept, and where to tell it of changes and of the end. */
export interface MarksKeeper {
  readonly initial: Iterable<Mark>;
  onChange(mark: ChangedMark): void;
  onClose(): Promise<void>;
}

export interface MemoryMarks extends Marks {
  /** Those of all spaces. */
  everything(): AsyncIterable<Mark>;
}

/** Marks in memory. */
export const createMemoryMarks = (keeper?: MarksKeeper): MemoryMarks => {
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
    async *everything() {
      for (const [space, marks] of spaces) for (const [key, value] of marks) yield { space, key, value };
    },
    async close() {
      await keeper?.onClose();
    },
  };
};
