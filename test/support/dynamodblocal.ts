import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type LocalDynamo, startAtPort } from './dynoxide.ts';

/** The folder with AWS's own emulator, where `test/e2e/dynamodb.sh` has fetched it. */
export const findDynamoDbLocal = (): string | undefined => {
  const place = join(process.env['KUBEVE_CLIENTS'] ?? join(homedir(), '.cache/kubeve-e2e/bin'), 'dynamodb');
  return existsSync(join(place, 'pom.xml')) ? place : undefined;
};

export const startDynamoDbLocal = (place: string): Promise<LocalDynamo> => {
  const lib = join(place, 'lib');
  const server = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';
  const args = [`-Djava.library.path=${lib}`, '-DDDB_LOCAL_TELEMETRY=0', '-cp', `${lib}/*`, server];
  return startAtPort(port =>
    spawn('java', [...args, '-inMemory', '-sharedDb', '-disableTelemetry', '-port', port], { stdio: 'ignore' }),
  );
};
