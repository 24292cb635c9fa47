import { Fault } from '../../base/fault.ts';

/** Whether an error has one of these names, as S3 spells them. */
export const isError = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);

/** Tries again when S3 says that another write of the same name was under way and neither was decided. */
export const retryConflicts = async (act: () => Promise<void>): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (!isError(error, 'ConditionalRequestConflict') || attempt === conflictAttempts) throw error;
      await new Promise(resolve => setTimeout(resolve, 20 * 2 ** attempt));
    }
  }
};

const conflictAttempts = 6;

/** What the caller hears: always that the service is not there now, and for the operator what to do about it. */
export const toFault = (error: unknown, bucket: string): Fault => {
  if (error instanceof Fault) return error;
  const name = error instanceof Error ? error.name : 'unknown';
  const advice =
    advices.find(({ names }) => names.test(name))?.advice ?? 'Try again; if it lasts, see that S3 is well.';
  return new Fault('ServiceUnavailable', `The bucket ${bucket} cannot be used now (${name}). ${advice}`, {
    retryAfterSeconds: 5,
    cause: error,
  });
};

const advices: readonly { readonly names: RegExp; readonly advice: string }[] = [
  { names: /^NoSuchBucket$/, advice: 'It does not exist in this region: deploy it, or name another.' },
  { names: /^(Expired|TokenRefresh)/, advice: 'The credentials have expired: renew them.' },
  {
    names: /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|AuthorizationHeaderMalformed)$/,
    advice: 'The credentials or the region are wrong: correct them.',
  },
  { names: /^CredentialsProviderError$/, advice: 'There are no credentials: give the process a role, or keys.' },
  {
    names: /^(AccessDenied|AllAccessDisabled|Forbidden|403)$/,
    advice: 'The credentials are not allowed to: see the role that this process has.',
  },
  { names: /^RequestTimeTooSkewed$/, advice: 'The clock of this machine is wrong: set it.' },
  { names: /^(SlowDown|ServiceUnavailable|503|Throttl)/, advice: 'It is asked too much: try again soon.' },
  { names: /^(PermanentRedirect|301)$/, advice: 'It is in another region: name that one.' },
];
