import * as z from 'zod';

/** The standard list of conditions, one per type. */
export const conditions = () =>
  z
    .array(
      z.object({
        type: z.string().min(1).describe('What the condition says something about, in CamelCase.'),
        status: z.enum(['True', 'False', 'Unknown']).describe('True, False or Unknown.'),
        reason: z.string().optional().describe('One CamelCase word for programs: why the status is what it is.'),
        message: z.string().optional().describe('The same in words for people.'),
        lastTransitionTime: z
          .string()
          .meta({ format: 'date-time' })
          .optional()
          .describe('When the status last changed.'),
        lastUpdateTime: z
          .string()
          .meta({ format: 'date-time' })
          .optional()
          .describe('Of Progressing: when progress was last seen.'),
        lastHeartbeatTime: z
          .string()
          .meta({ format: 'date-time' })
          .optional()
          .describe('When the device was last heard. Added on read; never stored.'),
        observedGeneration: z
          .int()
          .optional()
          .meta({ format: 'int64' })
          .describe('Generation of the spec that it speaks of.'),
      }),
    )
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
    .describe('What is true of the object now, each with reason, message and time of the last change.');
