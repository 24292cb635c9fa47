import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Provider, { type Configuration } from 'oidc-provider';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openIdentity } from '../../functions/identity/identity.ts';
import { openFolder } from '../../functions/node/folder.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { type Client, connect } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** A real provider of OpenID Connect over TLS, whose certificate no system trusts. */
let dir: string;
let idp: Server;
let issuer: string;
let root: string;
let handle: RequestListener;
let server: TestServer;
let client: Client;

/** What the provider says in its tokens beside the usual. */
let claims: Record<string, unknown> = {};

const startProvider = (): void => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const configuration: Configuration = {
    clients: [
      {
        client_id: 'robot',
        client_secret: 's',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    // A private key in the form that the provider takes.
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' } as never] },
    extraTokenClaims: async () => claims as never,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'https://kubeve.example',
        getResourceServerInfo: (_context, resource) => ({
          scope: '',
          audience: resource === 'https://kubeve.example' ? 'kubeve' : 'other',
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    cookies: { keys: ['k'] },
  };
  handle = new Provider(issuer, configuration).callback();
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kubeve-oidc-'));
  const identity = openIdentity(openFolder(join(dir, 'pki')), ['127.0.0.1'], systemPorts('error'));
  root = identity.root.certificatePem;
  idp = createServer({ key: identity.server.keyPem, cert: identity.server.certificatePem }, (incoming, outgoing) =>
    handle(incoming, outgoing),
  );
  await new Promise<void>(resolve => idp.listen(0, '127.0.0.1', resolve));
  issuer = `https://127.0.0.1:${(idp.address() as AddressInfo).port}`;
  startProvider();
  const authenticationConfig = join(dir, 'authentication.yaml');
  writeFileSync(authenticationConfig, toConfig());
  server = await startServer({ authenticationConfig });
  client = connect(server.url, server.data, 'nobody');
});
afterAll(async () => {
  client?.close();
  await server?.close();
  idp?.closeAllConnections();
  await new Promise(resolve => idp?.close(resolve));
  rmSync(dir, { recursive: true, force: true });
});

const toConfig = (): string => `apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
- issuer:
    url: ${issuer}
    audiences: [kubeve]
    certificateAuthority: |
${root.replaceAll(/^/gm, '      ').trimEnd()}
  claimValidationRules:
  - expression: claims.exp - claims.iat <= 3600
    message: too long
  claimMappings:
    username: {claim: sub, prefix: 'oidc:'}
    groups: {expression: 'has(claims.roles) ? claims.roles : []'}
    extra:
    - {key: example.com/tenant, valueExpression: 'has(claims.tenant) ? claims.tenant : ""'}
  userValidationRules:
  - {expression: "!user.groups.exists(g, g.startsWith('system:'))", message: reserved}
anonymous: {enabled: true, conditions: [{path: /livez}]}
`;

const tokenFor = (resource = 'https://kubeve.example'): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const outgoing = request(`${issuer}/token`, { method: 'POST', ca: root, headers, auth: 'robot:s' }, incoming => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      incoming.on('end', () => {
        const token: unknown = JSON.parse(text).access_token;
        if (typeof token === 'string') resolve(token);
        else reject(new Error(text));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(new URLSearchParams({ grant_type: 'client_credentials', resource }).toString());
  });

const whoIs = async (token: string): Promise<unknown> => {
  const { status, json } = await client.ask(
    'POST',
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    { authorization: `Bearer ${token}` },
  );
  return status === 201 ? json.status?.userInfo : status;
};

it('lets in whom the provider knows, as the configuration says', async () => {
  claims = { roles: ['dev', 'ops'], tenant: 'acme' };
  expect(await whoIs(await tokenFor())).toEqual({
    username: 'oidc:robot',
    groups: ['dev', 'ops', 'system:authenticated'],
    extra: {
      'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=/)],
      'example.com/tenant': ['acme'],
    },
  });
});

it('keeps out whom the rules keep out, and tokens for others', async () => {
  claims = { roles: ['system:masters'] };
  expect(await whoIs(await tokenFor())).toBe(401);
  claims = {};
  expect(await whoIs(await tokenFor('https://elsewhere.example'))).toBe(401);
  const [head, body] = (await tokenFor()).split('.');
  expect(await whoIs(`${head}.${body}.AAAA`)).toBe(401);
});

it('reviews its tokens', async () => {
  claims = {};
  const admin = connect(server.url, server.data);
  const spec = { token: await tokenFor() };
  const kind = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview' };
  const { json } = await admin.ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { ...kind, spec });
  admin.close();
  expect(json.status).toMatchObject({ authenticated: true, user: { username: 'oidc:robot' } });
});

it('opens to strangers what the configuration opens, and nothing else', async () => {
  expect((await client.ask('GET', '/livez')).status).toBe(200);
  expect((await client.ask('GET', '/version')).status).toBe(401);
});

it('keeps its own issuer to itself', async () => {
  const authenticationConfig = join(dir, 'own.yaml');
  writeFileSync(authenticationConfig, readFileSync(join(dir, 'authentication.yaml'), 'utf8'));
  await expect(startServer({ authenticationConfig, serviceAccountIssuer: [issuer] })).rejects.toThrow(
    'must not be an issuer of ServiceAccount tokens',
  );
});
