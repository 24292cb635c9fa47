import * as z from 'zod';

/** Parts of what devices report, for the schemas of statuses. */
export const time = () => z.string().meta({ format: 'date-time' }).optional();
export const text = () => z.string().optional();
export const texts = () => z.array(z.string()).optional();
export const flag = () => z.boolean().optional();
export const count = () => z.int().optional().meta({ format: 'int64' });
export const number = () => z.number().optional();
export const list = <T extends z.ZodRawShape>(shape: T) => z.array(z.object(shape)).optional();
export const part = <T extends z.ZodRawShape>(shape: T) => z.object(shape).optional();
