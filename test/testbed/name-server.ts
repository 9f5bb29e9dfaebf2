/** A DNS server for names that a test gives, on loopback: A and AAAA records (RFC 1035, RFC 3596), no others. */
import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';

/** Addresses by name; a name that is not there does not exist. */
export type Names = Readonly<Record<string, readonly string[]>>;

/** A running server. */
export type NameServer = {
  /** IP:PORT. */
  readonly address: string;
  /** How many questions it was asked. */
  readonly asked: () => number;
  readonly stop: () => Promise<void>;
};

const types = { A: 1, AAAA: 28 } as const;
const codes = { ok: 0, serverFailure: 2, noSuchName: 3 } as const;

/** Names for which it has no answer but a failure. */
const failing = /^broken\./;

/** The name of the question, and where its end is. */
function nameIn(message: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('ascii', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function bytesOf(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail = ''] = text.split('::');
  const [left, right] = [head, tail].map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array.from({ length: 8 - (left?.length ?? 0) - (right?.length ?? 0) }, () => '0');
  return Buffer.from(
    [...(left ?? []), ...zeros, ...(right ?? [])].map((part) => part.padStart(4, '0')).join(''),
    'hex',
  );
}

function answerTo(message: Buffer, names: Names): Buffer {
  const { name, end } = nameIn(message);
  const type = message.readUInt16BE(end);
  const isKnown = Object.hasOwn(names, name);
  const wanted = (names[name] ?? []).filter((one) => (isIPv4(one) ? types.A : types.AAAA) === type).map(bytesOf);
  const header = Buffer.alloc(12);
  header.writeUInt16BE(message.readUInt16BE(0), 0);
  const code = failing.test(name) ? codes.serverFailure : isKnown ? codes.ok : codes.noSuchName;
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(wanted.length, 6);
  const records = wanted.map((data) => {
    const record = Buffer.alloc(12);
    // A pointer to the name of the question, class IN, no time to live.
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([header, message.subarray(12, end + 4), ...records]);
}

/** Starts a server, at any free port of 127.0.0.1 unless `at` says where. */
export async function startNameServer(
  names: Names,
  at: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
): Promise<NameServer> {
  const socket = createSocket('udp4');
  let asked = 0;
  socket.on('message', (message, { address, port }) => {
    asked += 1;
    socket.send(answerTo(message, names), port, address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject).bind(at.port, at.host, resolve);
  });
  socket.unref();
  const { address, port } = socket.address();
  return {
    address: `${address}:${port}`,
    asked: () => asked,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
