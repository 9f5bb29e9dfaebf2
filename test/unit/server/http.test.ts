import { healthPage } from '../../../src/server/health.ts';
import { serve } from '../../../src/server/http.ts';

describe('the servers of the process', () => {
  it('answer a probe with a line for each check, and 500 when one fails', async () => {
    let fault: string | undefined = 'not filled: services';
    const page = healthPage([
      { name: 'ping', fault: () => undefined },
      { name: 'caches', fault: () => fault },
    ]);
    const server = await serve({ host: '127.0.0.1', port: 0 }, { '/readyz': page });
    try {
      const get = async (path: string) => {
        const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
        return { status: response.status, body: await response.text() };
      };
      expect(await get('/readyz')).toEqual({
        status: 500,
        body: '[+]ping ok\n[-]caches failed: not filled: services\ncheck failed\n',
      });
      fault = undefined;
      expect(await get('/readyz?verbose')).toEqual({ status: 200, body: '[+]ping ok\n[+]caches ok\ncheck passed\n' });
      expect(await get('/else')).toEqual({ status: 404, body: 'not found\n' });
    } finally {
      await server.close();
    }
  });

  it('say so when the address is taken', async () => {
    const first = await serve({ host: '127.0.0.1', port: 0 }, {});
    try {
      await expect(serve({ host: '127.0.0.1', port: first.port }, {})).rejects.toThrow('EADDRINUSE');
    } finally {
      await first.close();
    }
  });
});
