/** Takes the operator's flags and does nothing but answer its probes and log. Used by operator-process.test.ts. */
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kubeconfig: { type: 'string' },
    'metrics-bind-address': { type: 'string', default: '' },
    'health-probe-bind-address': { type: 'string', default: '' },
    'log-format': { type: 'string' },
    'never-ready': { type: 'boolean' },
    fail: { type: 'boolean' },
  },
});

function log(level: string, msg: string, more: object = {}): void {
  process.stdout.write(`${JSON.stringify({ ts: '', level, msg, ...more })}\n`);
}

function serve(address: string, statusOf: (path: string) => number): void {
  const [host, port] = address.split(':');
  const server = createServer((request, response) => response.writeHead(statusOf(request.url ?? '')).end('up 1\n'));
  server.listen(Number(port), host);
}

if (values.fail === true) {
  process.stderr.write('invalid settings: spec.answer is unknown\n');
  process.exit(2);
}
serve(values['health-probe-bind-address'], (path) =>
  path === '/readyz' && values['never-ready'] === true ? 503 : 200,
);
serve(values['metrics-bind-address'], () => 200);
process.on('SIGTERM', () => {
  log('info', 'stopping');
  process.exit(0);
});
log('info', 'started', { command: positionals[0], kubeconfig: values.kubeconfig, home: process.env.HOME });
