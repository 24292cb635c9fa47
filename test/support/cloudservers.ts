import { type LocalDynamo, startDynoxide } from './dynoxide.ts';
import { bucketName, openS3Server } from './s3/server.ts';
import { openSecretsServer, type SecretsServer } from './secretsserver.ts';

/** Servers that a program of the cloud runs over. */
export interface CloudServers {
  readonly dynamo: LocalDynamo;
  readonly table: string;
  readonly s3: ObjectServer;
  /** The secret with the identity, once there is one. */
  secrets(): SecretsServer;
  /** Keeps the identity as a secret. Answers the environment, or the bindings, of whoever runs over these servers. */
  settle(serving: string): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

interface ObjectServer {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  close(): Promise<void>;
}

export interface CloudServerOptions {
  /** Texts of further secrets, by their names. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly dynamo: LocalDynamo;
  /** Default: one that fails on demand. */
  readonly s3?: Promise<ObjectServer>;
  /** Where the table is reached, when not at its own address. */
  readonly tableEndpoint?: string;
}

/** Of the identity. */
export const secretName = 'kubeve/identity';

/** A DynamoDB with one table, an S3 with one bucket and, from `settle` on, a Secrets Manager with one secret. */
export const openCloudServers = async (options: CloudServerOptions): Promise<CloudServers> => {
  const table = 'kubeve';
  const { dynamo } = options;
  await dynamo.createTable(table);
  const s3 = await (options.s3 ?? openS3Server());
  const tableEndpoint = options.tableEndpoint ?? dynamo.endpoint;
  let secrets: SecretsServer | undefined;
  return {
    dynamo,
    table,
    s3,
    secrets() {
      if (!secrets) throw new Error('there is no secret yet');
      return secrets;
    },
    async settle(serving) {
      secrets = await openSecretsServer(secretName, serving);
      for (const [name, text] of Object.entries(options.secrets ?? {})) secrets.keep(name, text);
      return {
        AWS_REGION: dynamo.region,
        AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
        AWS_ENDPOINT_URL_DYNAMODB: tableEndpoint,
        AWS_ENDPOINT_URL_S3: s3.endpoint,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
        KUBEVE_TABLE: table,
        KUBEVE_BUCKET: bucketName,
        KUBEVE_IDENTITY: secretName,
        KUBEVE_LOG_LEVEL: 'error',
      };
    },
    async close() {
      dynamo.stop();
      secrets?.close();
      await s3.close();
    },
  };
};

/** The servers of `npm test`. */
export const openDynoxideServers = async (
  program: string,
  options: Omit<CloudServerOptions, 'dynamo'> = {},
): Promise<CloudServers> => openCloudServers({ dynamo: await startDynoxide(program), ...options });
