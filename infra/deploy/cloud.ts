/** What deploying needs of a cloud account, in our words. What goes wrong is an Error whose message says what to do. */
export interface Cloud {
  readonly region: string;
  readSecret(name: string): Promise<Secret | undefined>;
  /** Makes the secret, or gives it another text. */
  writeSecret(name: string, text: string, description: string): Promise<Secret>;
  findStack(name: string): Promise<Stack | undefined>;
  /** Begins to make a stack. */
  createStack(name: string, template: string): Promise<void>;
  deleteStack(name: string): Promise<void>;
  /** Ends a rollback that could not end by itself. */
  resumeRollback(name: string): Promise<void>;
  hasTable(name: string): Promise<boolean>;
  /** Names of the account's buckets that begin so. */
  findBuckets(prefix: string): Promise<readonly string[]>;
  /** Begins to make a stack of what is there already: `template` describes it, as it is. */
  importStack(name: string, template: string, resources: readonly Imported[]): Promise<void>;
  /** Writes an object of a bucket. */
  putObject(bucket: string, key: string, text: string): Promise<void>;
}

export interface Secret {
  readonly arn: string;
  readonly text: string;
}

export interface Stack {
  /** As CloudFormation says it: CREATE_COMPLETE, UPDATE_ROLLBACK_FAILED, … */
  readonly status: string;
  /** Why, where it says so. */
  readonly reason?: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Something that a stack takes over. */
export interface Imported {
  /** As CloudFormation calls its sort. */
  readonly type: string;
  /** Its name within the template. */
  readonly id: string;
  /** What it is called in the account, by the property that says so. */
  readonly identifier: Readonly<Record<string, string>>;
}
