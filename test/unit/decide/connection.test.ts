import { decideConnection } from '../../../src/decide/connection.ts';
import type { ServedModel } from '../../../src/model/profile.ts';
import type { TcpListener } from '../../../src/model/tcp-listener.ts';
import type { External, Internal, Traffic } from '../../../src/model/traffic.ts';
import { canary, dbPort, docs, external, httpPort, internal, namedGateway, route, whole } from '../translate/models.ts';
import { gateway, question, served } from './questions.ts';
import type { Asking } from './questions.ts';

const listener = (listen: number, backend: Parameters<typeof whole>[0] = { kind: 'App', name: 'app' }): TcpListener => {
  const { features, ...rest } = route(`tcp-${listen}`, { forward: whole(backend) });
  const { forward } = features;
  return {
    at: `listener ${listen}`,
    listen,
    route: { ...rest, port: dbPort, features: forward === undefined ? {} : { forward } },
  };
};
const db = (tcp: readonly TcpListener[], more: Partial<External> = {}, over: Partial<Traffic> = {}): ServedModel =>
  served({ ports: [httpPort, dbPort], external: external([], [], { tcp, ...more }), ...over });

const ask = (apps: readonly ServedModel[], authority: string, asking: Asking = {}) => {
  const { request: _, ...rest } = question(apps, 'http://x/', asking);
  return decideConnection({ ...rest, authority });
};
const mtls = (mode: 'Strict' | 'Permissive'): Pick<Internal, 'mtls'> => ({ mtls: { at: '', mode, exceptPorts: [] } });
const nobody = { allow: { at: '', value: [] } };

describe('a TCP connection to a gateway', () => {
  it('leads to the app that listens on its port, whatever host is dialed and whoever calls', () => {
    const app = db(
      [listener(5432), listener(6379, canary)],
      {},
      { internal: internal({ ...mtls('Strict'), ...nobody }) },
    );
    const decided = {
      app: { namespace: 'team', name: 'shop' },
      outcome: 'route',
      forwarded: { backends: [{ name: 'app', weight: 100 }], setHeaders: {}, addHeaders: {}, removeHeaders: [] },
      route: 'tcp-5432',
      why: 'what comes on port 5432 is handed on as it is',
      notes: [],
      candidates: [
        {
          app: { namespace: 'team', name: 'shop' },
          route: 'tcp-5432',
          at: 'listener 5432',
          verdict: 'wins',
          reason: 'it listens on port 5432',
        },
        {
          app: { namespace: 'team', name: 'shop' },
          route: 'tcp-6379',
          at: 'listener 6379',
          verdict: 'noMatch',
          reason: 'it listens on port 6379',
        },
      ],
    };
    expect([
      ask([app], 'db.example.com:5432'),
      ask([app], '192.0.2.1:5432', { from: 'orders/api' }),
      ask([app], 'db.example.com:6379').forwarded?.backends,
    ]).toEqual([decided, decided, [{ name: 'canary', weight: 100 }]]);
  });

  it('is refused where nobody listens', () => {
    expect([
      ask([], 'db.example.com:5432'),
      ask([db([listener(6379)])], 'db.example.com:5432').candidates.length,
    ]).toEqual([
      {
        outcome: 'notFound',
        candidates: [],
        why: 'no app listens on port 5432 of the gateway, so the connection is refused',
        notes: [],
      },
      1,
    ]);
  });

  it('to one of several gateways is decided by a host that an app holds there, and else by nobody here', () => {
    const other = db(
      [listener(5432)],
      { ...namedGateway, hosts: [{ value: 'db.example.com', at: '' }] },
      { app: { namespace: 'other', name: 'db' } },
    );
    const apps = [other, db([listener(5432)])];
    const held = ask(apps, 'db.example.com:5432');
    const unknown = ask(apps, 'x.example.com:5432');
    expect({
      app: held.app,
      outcome: unknown.outcome,
      why: unknown.why,
      verdicts: unknown.candidates.map(({ verdict }) => verdict),
    }).toEqual({
      app: { namespace: 'other', name: 'db' },
      outcome: 'notFound',
      why: 'apps on 2 gateways listen on port 5432, and which gateway x.example.com:5432 leads to is for DNS to say',
      verdicts: ['loses', 'loses'],
    });
  });

  it('is closed by pods of another app that admit the gateway nowhere', () => {
    const other = served({
      app: { namespace: 'team', name: 'docs' },
      service: { name: 'docs', type: 'ClusterIP', annotations: {}, at: '' },
      ports: [{ ...dbPort, port: 8000, targetPort: 7070 }],
      internal: internal({ ...mtls('Strict'), ...nobody }),
    });
    const { outcome, why } = ask([db([listener(5432, docs)]), other], 'db.example.com:5432');
    expect({ outcome, why }).toEqual({
      outcome: 'deny',
      why: `no entry of allow of team/docs lets ${gateway.namespace}/${gateway.serviceAccount} connect to port 7070`,
    });
  });
});

describe('a TCP connection inside the mesh', () => {
  const open = db([], {}, { internal: internal({}) });

  it('goes to the plain Service, on a port that it has', () => {
    const from = 'orders/api';
    expect([
      ask([open], 'shop.team:5432', { from }).forwarded?.backends,
      ask([open], 'shop.team:5433', { from }).why,
      ask([open], 'cart.team.svc:5433', { from }).why,
    ]).toEqual([
      [{ name: 'app', weight: 100 }],
      'Service shop has no port 5433',
      "no app's Service is called cart.team.svc",
    ]);
  });

  it('is let in as allow and mutual TLS say', () => {
    const closed = db([], {}, { internal: internal({ ...mtls('Strict'), ...nobody }) });
    expect([
      ask([closed], 'shop.team:5432', { from: 'orders/api' }).why,
      ask([closed], 'shop.team.svc:5432').why,
    ]).toEqual([
      `no entry of allow of team/shop lets orders/api connect to port ${dbPort.targetPort}`,
      `port ${dbPort.targetPort} of team/shop takes mutual TLS only, and the caller speaks plaintext: the connection is reset`,
    ]);
  });

  it('reaches pods of a Headless Service on the port that was dialed', () => {
    const headless = db(
      [],
      {},
      {
        service: { name: 'shop', type: 'Headless', annotations: {}, at: '' },
        ports: [{ ...dbPort, port: 5432, targetPort: 7070 }],
      },
    );
    expect(ask([headless], 'shop.team:5432', { from: 'orders/api' }).why).toBe(
      'Service shop is headless, so its pods are called on port 5432 itself, and no container has it',
    );
  });
});
