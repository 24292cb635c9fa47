import * as z from 'zod';

/** A described string. */
export const text = (description: string) => z.string().meta({ description });

/** A described list of strings; replaced as a whole by patches. */
export const texts = (description: string) =>
  z.array(z.string()).meta({ description, 'x-kubernetes-list-type': 'atomic' });

/** A described map of strings. */
export const textMap = (description: string) => z.record(z.string(), z.string()).meta({ description });

/** A described map of base64 values. */
export const byteMap = (description: string) =>
  z.record(z.string(), z.string().meta({ format: 'byte' })).meta({ description });

export const int32 = (description: string) => z.int().meta({ format: 'int32', description });

export const flag = (description: string) => z.boolean().meta({ description });
