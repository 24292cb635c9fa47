import type { ErrorInfo } from '../eve/generated/info.ts';

/** The text of an error report; undefined when there is none: EVE sends it empty for "no error". */
export const errorText = (error: ErrorInfo | undefined): string | undefined => {
  const text = error?.description?.trim();
  return text ? shorten(text) : undefined;
};

const maxLength = 1024;

/** Devices may send anything: texts that go into objects are bounded. */
export const shorten = (text: string): string => (text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text);
