/** An issuer of tokens: signs them (RFC 7515, ES256) and publishes its keys (RFC 7517). */
import { generateKeyPairSync, sign } from 'node:crypto';

/** An issuer; the key that it signs with stays inside. */
export type Issuer = {
  /** The claim iss of its tokens. */
  readonly name: string;
  /** How its tokens and its key set name its key. */
  readonly keyId: string;
  /** Its JSON Web Key Set. */
  readonly keySet: string;
  /** A token with these claims, and with its name as iss where they say none. */
  readonly sign: (claims: Readonly<Record<string, unknown>>) => string;
};

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A new issuer with a key of its own. */
export function createIssuer(name: string, keyId = name): Issuer {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    name,
    keyId,
    keySet: JSON.stringify({
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'ES256', use: 'sig' }],
    }),
    sign: (claims) => {
      const head = encoded({ alg: 'ES256', typ: 'JWT', kid: keyId });
      const text = `${head}.${encoded({ iss: name, ...claims })}`;
      const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${text}.${signature.toString('base64url')}`;
    },
  };
}
