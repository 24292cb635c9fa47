import type { Fault } from '../../base/fault.ts';
import { printJson } from '../../base/json.ts';
import type { ApiObject } from '../../base/object.ts';
import { toPartial } from '../describe/partial.ts';
import { type IncludeObject, toTable } from '../describe/table.ts';
import type { WatchEvent } from '../registry/registry.ts';
import type { ResourceType } from '../resource.ts';
import type { Accepted } from './negotiate.ts';
import { toStatus } from './status.ts';

export interface FrameOptions {
  /** Milliseconds since 1970; asked at every event, for ages in tables. */
  readonly now: () => number;
  readonly includeObject: IncludeObject;
}

/** Turns the events of one watch into what goes over the wire: one JSON object a line. */
export type Framer = (event: WatchEvent) => Uint8Array;

/**
 * A framer for one watch. The plain form of an object is serialised once however many watches show it. Tables carry
 * their columns in the first event only.
 */
export const createFramer = (type: ResourceType, { as }: Accepted, options: FrameOptions): Framer => {
  if (as === undefined) return plainFrame;
  if (as.kind !== 'Table') return ({ type: kind, object }) => frame(kind, toPartial(object, as.version));
  let withColumns = true;
  return event => {
    const { includeObject } = options;
    const table = { now: options.now(), version: as.version, includeObject, withColumns };
    withColumns = false;
    return frame(event.type, toTable(type, [event.object], table));
  };
};

/** The last event of a watch that cannot go on. */
export const errorFrame = (fault: Fault): Uint8Array => frame('ERROR', toStatus(fault));

const plainFrame: Framer = ({ type, object }) => {
  const known = plain.get(object);
  if (known?.type === type) return known.bytes;
  const bytes = frame(type, object);
  plain.set(object, { type, bytes });
  return bytes;
};

/** Objects are never changed in place, so that their identity stands for their content. */
const plain = new WeakMap<ApiObject, { readonly type: string; readonly bytes: Uint8Array }>();

const frame = (type: string, object: unknown): Uint8Array =>
  encoder.encode(`{"type":"${type}","object":${printJson(object)}}\n`);

const encoder = new TextEncoder();
