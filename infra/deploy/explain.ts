/** An error of the SDK as a sentence that says what to do. Nothing of a secret is in it. */
export const explain = (what: string, cause: unknown): Error => {
  const { name, message } = cause instanceof Error ? cause : { name: '', message: String(cause) };
  const advice = advices.find(([pattern]) => pattern.test(`${name}: ${message}`))?.[1];
  return new Error(`cannot ${what}: ${advice ?? `${message} (${name})`}`, { cause });
};

const advices: readonly (readonly [RegExp, string])[] = [
  [/ExpiredToken|TokenRefreshRequired|token .*expired/i, 'the AWS credentials have expired: log in again'],
  [
    /CredentialsProviderError|Could not load credentials/,
    'there are no AWS credentials: log in, and set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  ],
  [
    /UnrecognizedClient|InvalidClientTokenId|SignatureDoesNotMatch|InvalidSignature/,
    'AWS does not know the credentials: log in again, or set another AWS_PROFILE',
  ],
  [
    /AccessDenied|UnauthorizedOperation|not authorized/i,
    'the AWS credentials do not allow it: use those of somebody who may deploy',
  ],
  [
    /scheduled for deletion|marked for deletion/,
    'it is scheduled for deletion: aws secretsmanager restore-secret brings it back, with the keys that devices know',
  ],
  [/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|TimeoutError/, 'AWS cannot be reached: check the network and --region'],
  [/Throttl|TooManyRequests|Rate exceeded/i, 'AWS asks to wait: try again in a minute'],
];
