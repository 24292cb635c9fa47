import { type DeviceEntity, Entity, type ErrorInfo } from '../../eve/generated/info.ts';
import { nameOf } from './names.ts';

/**
 * The text of an error report, with what it is about and when it will be tried again; undefined when there is none: EVE sends
 * it empty for "no error".
 */
export const errorText = (error: ErrorInfo | undefined): string | undefined => {
  const text = error?.description?.trim();
  if (!text) return undefined;
  const entities = (error?.entities ?? []).slice(0, 4).map(entityText).filter(Boolean).join(', ');
  const retry = error?.retry_condition?.trim();
  return shorten([text, entities && `(${entities})`, retry && `; tried again: ${retry}`].filter(Boolean).join(' '));
};

const entityName = nameOf(Entity, 'ENTITY_');

const entityText = ({ entity, entity_id: id, entity_name: name }: DeviceEntity): string =>
  [entityName(entity).toLowerCase().replaceAll('_', ' '), name || id].filter(Boolean).join(' ');

const maxLength = 1024;

/** Devices may send anything: texts that go into objects are bounded. */
export const shorten = (text: string): string => (text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text);
