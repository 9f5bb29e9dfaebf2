/** Certificate authorities and the certificates they issue (X.509 v3, RFC 5280), by node:crypto alone. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bits, boolean, explicit, implicit, octets, oid, sequence, set, unsigned, utcTime, utf8 } from './der.ts';

/** A certificate and its private key, both PEM. */
export type Credentials = { readonly certificate: string; readonly key: string };

/** Whom a certificate is for. */
export type CertificateRequest = {
  readonly commonName: string;
  /** Subject organizations: the groups of a Kubernetes client certificate. */
  readonly organizations?: readonly string[];
  /** DNS names and IPv4 addresses of a server. */
  readonly hosts?: readonly string[];
};

/** An authority: what it signs with stays inside. */
export type CertificateAuthority = Credentials & { readonly issue: (request: CertificateRequest) => Credentials };

const validForMs = 365 * 24 * 3600 * 1000;
const clockSkewMs = 3600 * 1000;
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

type Subject = { readonly name: Buffer; readonly publicKey: Buffer; readonly extensions: readonly Buffer[] };
type Issuer = { readonly name: Buffer; readonly publicKey: Buffer; readonly privateKey: KeyObject };

function distinguishedName(request: CertificateRequest): Buffer {
  const attribute = (type: string, text: string): Buffer => set(sequence(oid(type), utf8(text)));
  const organizations = (request.organizations ?? []).map((text) => attribute('2.5.4.10', text));
  return sequence(...organizations, attribute('2.5.4.3', request.commonName));
}

const extension = (id: string, isCritical: boolean, content: Buffer): Buffer =>
  sequence(oid(id), ...(isCritical ? [boolean(true)] : []), octets(content));

const keyIdentifier = (publicKey: Buffer): Buffer => createHash('sha1').update(publicKey).digest();

/** subjectAltName: dNSName is choice 2, iPAddress choice 7. */
function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIPv4(host) ? implicit(7, Buffer.from(host.split('.').map(Number))) : implicit(2, Buffer.from(host)),
  );
  return extension('2.5.29.17', false, sequence(...names));
}

function issue(subject: Subject, issuer: Issuer): string {
  const now = Date.now();
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const signed = sequence(
    explicit(0, unsigned(Buffer.from([2]))),
    unsigned(serial),
    ecdsaWithSha256,
    issuer.name,
    sequence(utcTime(new Date(now - clockSkewMs)), utcTime(new Date(now + validForMs))),
    subject.name,
    subject.publicKey,
    explicit(
      3,
      sequence(
        ...subject.extensions,
        extension('2.5.29.14', false, octets(keyIdentifier(subject.publicKey))),
        extension('2.5.29.35', false, sequence(implicit(0, keyIdentifier(issuer.publicKey)))),
      ),
    ),
  );
  const certificate = sequence(signed, ecdsaWithSha256, bits(sign('sha256', signed, issuer.privateKey)));
  const lines = certificate.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function newKeys(): { publicKey: Buffer; privateKey: KeyObject; pem: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    privateKey,
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** digitalSignature; the certificate serves servers and clients alike. */
const leafExtensions: readonly Buffer[] = [
  extension('2.5.29.15', true, bits(Buffer.from([0x80]), 7)),
  extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))),
];

/** keyCertSign and cRLSign, of an authority. */
const authorityExtensions: readonly Buffer[] = [
  extension('2.5.29.19', true, sequence(boolean(true))),
  extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1)),
];

/** A new self-signed authority, valid for a year from an hour ago. */
export function createCertificateAuthority(commonName: string): CertificateAuthority {
  const keys = newKeys();
  const self: Issuer = { name: distinguishedName({ commonName }), ...keys };
  return {
    certificate: issue({ name: self.name, publicKey: keys.publicKey, extensions: authorityExtensions }, self),
    key: keys.pem,
    issue: (request) => {
      const leaf = newKeys();
      const names = request.hosts === undefined ? [] : [alternativeNames(request.hosts)];
      const extensions = [...leafExtensions, ...names];
      const subject = { name: distinguishedName(request), publicKey: leaf.publicKey, extensions };
      return { certificate: issue(subject, self), key: leaf.pem };
    },
  };
}

/** A private key for signing service-account tokens; SEC 1, from which kube-apiserver also takes the public half. */
export const newSigningKey = (): string => newKeys().privateKey.export({ type: 'sec1', format: 'pem' }).toString();
