import * as z from 'zod';

/** A moment, RFC 3339 in whole seconds. */
export const time = (description: string) => z.string().meta({ format: 'date-time', description });

/** A moment with microseconds: `2026-01-01T00:00:00.000000Z`. */
export const microTime = (description: string) => z.string().meta({ format: 'date-time', micro: true, description });
