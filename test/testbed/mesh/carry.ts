/** Servers that carry the bytes of each connection elsewhere, both ways. */
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

/** Starts one: `reach` opens the other end, `listen` says where it is. */
export function carry(reach: () => Socket, listen: (server: Server, up: () => void) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((inner) => {
      const outer = reach();
      for (const [from, to] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
        from.pipe(to);
      }
    });
    server.on('error', reject);
    listen(server, () => resolve(server));
  });
}
