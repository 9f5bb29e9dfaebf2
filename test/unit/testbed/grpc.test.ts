import { frame, isGrpc, unframe } from '../../testbed/mesh/grpc.ts';

describe('messages of gRPC', () => {
  it('have a byte that says they are not compressed, and their length', () => {
    expect(frame('hi').toString('hex')).toBe('00000000026869');
  });

  it('come apart as they were put together, none of them too', () => {
    expect(unframe(Buffer.concat([frame('one'), frame(''), frame('zwölf')]))).toEqual(['one', '', 'zwölf']);
    expect(unframe(Buffer.alloc(0))).toEqual([]);
  });

  it.each([
    ['its length is cut', '000000'],
    ['it is cut', '000000000368'],
    ['it is compressed', '01000000026869'],
  ])('are refused where one is not whole: %s', (_what, hex) => {
    expect(() => unframe(Buffer.from(hex, 'hex'))).toThrow('no message');
  });

  it('are told by the content-type, whatever they hold', () => {
    expect(['application/grpc', 'application/grpc+json', 'application/json', undefined].map(isGrpc)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
