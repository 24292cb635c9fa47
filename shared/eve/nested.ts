import { parseJson } from '../base/json.ts';
import { isMap } from '../base/own.ts';

/** A line of a container that runs inside an application, as the application's own line carries it. */
export interface NestedLine {
  /** Id of the application within. */
  readonly nestedApp: string;
  readonly container?: string;
  readonly content: string;
}

/** Reads `NestedAppInstanceLogMsg` in JSON; undefined for every other line. */
export const readNested = (content: string): NestedLine | undefined => {
  if (!content.startsWith('{') || !/"nested_?[aA]pp_?[iI]d"/.test(content)) return undefined;
  const found = parse(content);
  if (!found) return undefined;
  const app = found['nested_app_id'] ?? found['nestedAppId'];
  const container = found['container_name'] ?? found['containerName'];
  const { msg } = found;
  if (typeof app !== 'string' || typeof msg !== 'string') return undefined;
  return { nestedApp: app, ...(typeof container === 'string' && { container }), content: msg };
};

const parse = (text: string): Record<string, unknown> | undefined => {
  try {
    const value = parseJson(text, { maxDepth: 4 });
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
