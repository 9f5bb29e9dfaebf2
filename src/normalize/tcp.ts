/** `external.tcp`: ports of the gateway, and where their connections go. */
import type { External as ApiExternal } from '../api/v1alpha1/external.ts';
import { appBackend } from '../model/backend.ts';
import type { At } from '../model/located.ts';
import { listenerName } from '../model/tcp-listener.ts';
import type { TcpListener } from '../model/tcp-listener.ts';
import { wholeTo } from './backends.ts';
import type { RouteDefaults } from './route.ts';

type ApiListener = NonNullable<ApiExternal['tcp']>[number];
type Defaults = Pick<RouteDefaults, 'backends' | 'portNamed'>;

/** The listeners of a list at `at`, by port. Throws when a port does not exist: the schema lets none such through. */
export function normalizeTcp(list: ApiExternal['tcp'], at: At, defaults: Defaults): readonly TcpListener[] {
  return (list ?? [])
    .map((entry, i) => normalizeListener(entry, `${at}[${i}]`, defaults))
    .sort((a, b) => a.listen - b.listen);
}

function normalizeListener({ listen, port, to }: ApiListener, at: At, defaults: Defaults): TcpListener {
  const meant = defaults.portNamed(port);
  if (meant === undefined) throw new Error(`${at}: no port ${port}; the schema lets none through`);
  const forward = { value: wholeTo(to ?? appBackend, defaults.backends), at: to === undefined ? at : `${at}.to` };
  return { at, listen, route: { name: listenerName(listen), at, position: 0, port: meant, features: { forward } } };
}
