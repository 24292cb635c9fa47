/** Flags that name a store in AWS, for `parseArgs`. */
export const storeOptions = {
  table: { type: 'string' },
  bucket: { type: 'string' },
  tenant: { type: 'string' },
  region: { type: 'string', default: process.env.AWS_REGION ?? '' },
} as const;

export const storeUsage = `  --table NAME --bucket NAME [--tenant NAME] [--region REGION]
                     a table and a bucket in AWS instead of a data folder  (main, AWS_REGION)
`;
