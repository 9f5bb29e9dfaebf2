import { X509Certificate, createPrivateKey } from 'node:crypto';
import { createCertificateAuthority } from '../../testbed/certificates.ts';

describe('a certificate authority', () => {
  const authority = createCertificateAuthority('test authority');
  const root = new X509Certificate(authority.certificate);

  it('signs itself and may sign others', () => {
    expect({ ca: root.ca, subject: root.subject, isOwn: root.verify(root.publicKey) }).toEqual({
      ca: true,
      subject: 'CN=test authority',
      isOwn: true,
    });
  });

  it('issues a server certificate for its names and addresses', () => {
    const { certificate, key } = authority.issue({ commonName: 'server', hosts: ['localhost', '127.0.0.1'] });
    const leaf = new X509Certificate(certificate);
    expect({
      ca: leaf.ca,
      names: leaf.subjectAltName,
      isIssued: leaf.checkIssued(root) && leaf.verify(root.publicKey),
      hasKey: leaf.checkPrivateKey(createPrivateKey(key)),
    }).toEqual({ ca: false, names: 'DNS:localhost, IP Address:127.0.0.1', isIssued: true, hasKey: true });
  });

  it('issues a client certificate whose organizations are groups', () => {
    const leaf = new X509Certificate(
      authority.issue({ commonName: 'admin', organizations: ['system:masters'] }).certificate,
    );
    expect(leaf.subject).toBe('O=system:masters\nCN=admin');
  });
});
