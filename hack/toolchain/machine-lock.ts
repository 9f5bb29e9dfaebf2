/** A lock between processes of one machine that ends with its holder, however that dies. */
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A held lock. */
export type MachineLock = { readonly release: () => void };

/**
 * A listening socket can be had by one process only, and the kernel takes it back when that process is gone.
 * Linux has socket names that leave no file behind (unix(7), "abstract"); elsewhere the name is a file.
 */
const socketPath = (name: string): string =>
  process.platform === 'linux' ? `\0apptraffic-${name}` : join(tmpdir(), `apptraffic-${name}.sock`);

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** Resolves once the present holder has let go; true when there was one alive. */
function holderGone(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    let wasAlive = false;
    const socket = connect(path, () => {
      wasAlive = true;
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(wasAlive));
    socket.resume();
  });
}

/**
 * Takes the lock of that name, waiting for as long as a living process holds it. `onWait` runs once before the first wait.
 * The lock of a holder that died is free at once.
 */
export async function acquireLock(name: string, onWait: () => void = () => {}): Promise<MachineLock> {
  const path = socketPath(name);
  for (let attempt = 0; ; attempt += 1) {
    const server = await listen(path);
    if (server !== undefined) {
      const waiting = new Set<{ destroy: () => void }>();
      server.on('connection', (socket) => waiting.add(socket.on('error', () => socket.destroy()).unref()));
      return {
        release: () => {
          server.close();
          for (const socket of waiting) socket.destroy();
        },
      };
    }
    if (attempt === 0) onWait();
    const wasAlive = await holderGone(path);
    if (!wasAlive && process.platform !== 'linux') rmSync(path, { force: true });
  }
}
