import { wholeCidr } from '../../../src/schema/cidr.ts';

describe('a range of addresses in a spec', () => {
  it.each([
    '0.0.0.0/0',
    '10.0.0.0/8',
    '203.0.113.7/32',
    '192.168.128.0/17',
    '::/0',
    '2001:db8::/32',
    '2001:DB8::/32',
    '2001:db8:0:0:0:0:0:1/128',
    '1:2:3:4:5:6:7::/112',
  ])('may be %s', (text) => {
    expect(wholeCidr.safeParse(text).success).toBe(true);
  });

  it.each([
    '',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/+8',
    '10.0.0.1/8',
    '010.0.0.0/8',
    '10.0.0/8',
    '256.0.0.0/8',
    '10.0.0.0/8 ',
    '*',
    '2001:db8::1/32',
    '2001:db8::/129',
    '2001:db8::/032',
    '::ffff:10.0.0.0/104',
    '::10.0.0.0/104',
    'fe80::%eth0/64',
    '1:2:3:4:5:6:7:8::/128',
    '1::2::3/128',
  ])('is not %s', (text) => {
    expect(wholeCidr.safeParse(text).error?.issues.map(({ message }) => message)).toEqual([
      'is not a range of addresses',
    ]);
  });
});
