import type { Clock, Log } from '../../shared/base/ports.ts';

export interface FreshParts<T> {
  /** Reads what it is made of. */
  read(): Promise<string>;
  open(text: string): Promise<T>;
  /** A text that was replaced is noticed within this time. */
  usualAgeMs(): number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Something made of a text that somebody may replace; the same thing for as long as the text is the same. */
export type Fresh<T> = (maxAgeMs?: number) => Promise<T>;

/** After the text could not be read again, so long passes before the next try. */
const retryMs = 30_000;

/**
 * Reads the text when it is asked first, and again when what it knows is older than `maxAgeMs`, or than is usual. A text that cannot be read again,
 * or that nothing can be made of, leaves what was there before, and is complained of; at first it rejects.
 */
export const fresh = <T>({ read, open, usualAgeMs, clock, log }: FreshParts<T>): Fresh<T> => {
  let known: { readonly at: number; readonly text: string; readonly made: T } | undefined;
  let asking: Promise<T> | undefined;
  const ask = async (): Promise<T> => {
    const at = clock.now();
    try {
      const text = await read();
      known = known?.text === text ? { ...known, at } : { at, text, made: await open(text) };
    } catch (error) {
      if (!known) throw error;
      log.error('the identity could not be read again: the former one stays', { error });
      known = { ...known, at: at - Math.max(usualAgeMs() - retryMs, 0) };
    }
    return known.made;
  };
  return async maxAgeMs => {
    if (known && clock.now() - known.at < (maxAgeMs ?? usualAgeMs())) return known.made;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
};
