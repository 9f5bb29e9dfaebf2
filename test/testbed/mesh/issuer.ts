/** An issuer of tokens: signs them (RFC 7515, EdDSA) and publishes its keys (RFC 7517, RFC 8037). */
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';

/** An issuer; the key that it signs with stays inside. */
export type Issuer = {
  /** The claim iss of its tokens. */
  readonly name: string;
  /** How its tokens and its key set name its key. */
  readonly keyId: string;
  /** Its JSON Web Key Set. */
  readonly keySet: string;
  /** A token with these claims, and with its name as iss where they say none; the same claims give the same token. */
  readonly sign: (claims: Readonly<Record<string, unknown>>) => string;
};

/** What stands before the 32 bytes of a key in PKCS #8 (RFC 8410). */
const keyPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A new issuer; `secret`: what its key follows from, absent: one of its own. */
export function createIssuer(name: string, keyId = name, secret: string | Buffer = randomBytes(32)): Issuer {
  const seed = createHash('sha256').update(secret).digest();
  const key = createPrivateKey({ key: Buffer.concat([keyPrefix, seed]), format: 'der', type: 'pkcs8' });
  const published = createPublicKey(key).export({ format: 'jwk' });
  return {
    name,
    keyId,
    keySet: JSON.stringify({ keys: [{ ...published, kid: keyId, alg: 'EdDSA', use: 'sig' }] }),
    sign: (claims) => {
      const head = encoded({ alg: 'EdDSA', typ: 'JWT', kid: keyId });
      const text = `${head}.${encoded({ iss: name, ...claims })}`;
      return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
    },
  };
}
