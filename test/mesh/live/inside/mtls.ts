/** Mutual TLS at the pods, and callers without a sidecar. */
import { headerValues } from '../../../testbed/mesh/request.ts';
import type { LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';

const ports = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'http-admin', port: 90, targetPort: 9090 },
  // Its number is another container's: an exception for the Service's port would be one for that container.
  { name: 'http-other', port: 9090, targetPort: 7070 },
];

/** Who the pod's sidecar says that it was called by: the caller's certificate came, or it did not. */
async function callerSeen({ send }: Stage, app: string): Promise<string> {
  const { body = '' } = await send({ request: `GET http://${app}.team/`, from: 'checkout' });
  const { headers } = JSON.parse(body) as { headers: readonly (readonly [string, string])[] };
  return /URI=([^;]*)$/.exec(headerValues(headers, 'x-forwarded-client-cert').join())?.[1] ?? 'nobody';
}

/** The cases. */
export const mtlsCases: readonly LiveCase[] = [
  {
    title: 'Strict resets plaintext but on the container ports of exceptPorts; callers with a sidecar reach every port',
    proves: ['internal.mtls.mode=Strict', 'internal.mtls.exceptPorts'],
    apps: [
      { name: 'strict', spec: { ports, internal: { mtls: { mode: 'Strict', exceptPorts: [9090] } } } },
      {
        name: 'all-strict',
        spec: { ports, app: { selector: { strict: 'all' } }, internal: { mtls: { mode: 'Strict' } } },
      },
    ],
    run: async (stage) => {
      await stage.gets([
        { request: 'GET http://strict.team/', from: 'stranger', at: 'strict:8080', gets: 'nothing' },
        {
          request: 'GET http://strict.team:90/',
          from: 'stranger',
          at: 'strict:9090',
          gets: { pods: 'strict', port: 9090 },
        },
        { request: 'GET http://strict.team:9090/', from: 'stranger', at: 'strict:7070', gets: 'nothing' },
        { request: 'GET http://all-strict.team/', from: 'stranger', at: 'all-strict:8080', gets: 'nothing' },
        { request: 'GET http://all-strict.team:90/', from: 'stranger', at: 'all-strict:9090', gets: 'nothing' },
        { request: 'GET http://strict.team/', from: 'checkout', gets: { pods: 'strict' } },
        { request: 'GET http://strict.team:90/', from: 'checkout', gets: { pods: 'strict', port: 9090 } },
        { request: 'GET http://strict.team:9090/', from: 'checkout', gets: { pods: 'strict', port: 7070 } },
        { request: 'GET http://all-strict.team/', from: 'web', gets: { pods: 'all-strict' } },
      ]);
      expect(await callerSeen(stage, 'strict')).toBe('spiffe://cluster.local/ns/team/sa/checkout');
    },
  },
  {
    title: 'Permissive takes both mutual TLS and plaintext',
    proves: ['internal.mtls.mode=Permissive'],
    apps: [{ name: 'permissive', spec: { ports, internal: { mtls: { mode: 'Permissive' } } } }],
    run: async (stage) => {
      await stage.gets([
        {
          request: 'GET http://permissive.team/',
          from: 'stranger',
          at: 'permissive:8080',
          gets: { pods: 'permissive' },
        },
        { request: 'GET http://permissive.team/', from: 'checkout', gets: { pods: 'permissive' } },
      ]);
      expect(await callerSeen(stage, 'permissive')).toBe('spiffe://cluster.local/ns/team/sa/checkout');
    },
  },
  {
    title: 'Disable takes plaintext, and callers with a sidecar speak it too',
    proves: ['internal.mtls.mode=Disable'],
    apps: [{ name: 'disable', spec: { ports, internal: { mtls: { mode: 'Disable' } } } }],
    run: async (stage) => {
      await stage.gets([
        { request: 'GET http://disable.team/', from: 'stranger', at: 'disable:8080', gets: { pods: 'disable' } },
        { request: 'GET http://disable.team/', from: 'checkout', gets: { pods: 'disable' } },
      ]);
      expect(await callerSeen(stage, 'disable')).toBe('nobody');
    },
  },
];
