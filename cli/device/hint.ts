/** What to do about the status that a registration got, in brackets; empty when there is nothing to do. */
export const registrationHint = (status: number): string => {
  if (status === 409) return ' (it is taken by other keys; --state DIR keeps these for the next run)';
  if (status === 401 || status === 403)
    return ' (nothing lets it in: declare a Device with this serial and onboarding certificate; kubeve onboard prints one)';
  return '';
};
