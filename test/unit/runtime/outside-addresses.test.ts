import { addressCheck, plainAddress } from '../../../src/runtime/outside-addresses.ts';

const which = (addresses: readonly string[], allowPublic: boolean, ...allowedCIDRs: readonly string[]) => {
  const isAllowed = addressCheck({ allowPublic, allowedCIDRs });
  return addresses.filter((address) => isAllowed(address));
};

const publicOnes = ['8.8.8.8', '172.32.0.1', '100.128.0.1', '223.255.255.255', '2606:4700::1111', '2a00:1450::1'];
const privateOnes = ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd00:ec2::254'];
const loopbackOnes = ['127.0.0.1', '127.255.255.254', '::1'];
const neverAsked = [
  '0.0.0.0',
  '0.1.2.3',
  '169.254.169.254',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  'not an address',
  '',
];
/** What carries an IPv4 address, documentation, benchmarks, and what is not given out. */
const specialOnes = [
  '168.63.129.16',
  '192.0.0.170',
  '192.0.2.1',
  '192.88.99.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '240.0.0.1',
  '64:ff9b::a00:1',
  '2001:0:1::1',
  '2001:db8::1',
  '2002:a00:1::1',
  '3fff::1',
  '4000::1',
];
const all = [...publicOnes, ...privateOnes, ...loopbackOnes, ...neverAsked, ...specialOnes];

describe('the addresses that a request outside may be sent to', () => {
  it('are the public ones, where nothing else is said', () => {
    expect(which(all, true)).toEqual(publicOnes);
  });

  it('are none, or those of a range, where public ones are not allowed', () => {
    expect(which(all, false)).toEqual([]);
    expect(which(all, false, '10.0.0.0/8', 'fd00::/8')).toEqual(['10.0.0.1', 'fd00:ec2::254']);
    expect(which(all, false, '8.8.8.8/32')).toEqual(['8.8.8.8']);
  });

  it('are loopback addresses only where a range is one of loopback addresses', () => {
    expect(which(loopbackOnes, false, '0.0.0.0/0', '::/0')).toEqual([]);
    expect(which(loopbackOnes, false, '127.0.0.0/30', '::1/128')).toEqual(['127.0.0.1', '::1']);
  });

  it('are never link-local, multicast or unspecified, whatever range is given', () => {
    expect(which(neverAsked, true, '0.0.0.0/0', '::/0', '169.254.0.0/16', 'fe80::/10', 'ff00::/8')).toEqual([]);
  });

  it('count as what they are when an IPv4 address is written as one of IPv6', () => {
    const mapped = ['::ffff:127.0.0.1', '::FFFF:a9fe:a9fe', '0:0:0:0:0:ffff:10.0.0.1', '::ffff:8.8.8.8'];
    expect(mapped.map(plainAddress)).toEqual(['127.0.0.1', '169.254.169.254', '10.0.0.1', '8.8.8.8']);
    expect(which(mapped, true)).toEqual(['::ffff:8.8.8.8']);
  });
});
