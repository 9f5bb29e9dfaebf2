/**
 * AT0201, AT0202, AT0211: the Services that backends name must exist and have the port. Routes stay: they work once it is
 * there. Of a namespace that is not watched nothing is claimed.
 */
import type { ServiceBackend } from '../model/backend.ts';
import type { Problem } from '../model/problem.ts';
import type { Traffic } from '../model/traffic.ts';
import type { ServiceFacts, World } from '../model/world.ts';
import { isBackendGranted } from './backend-grants.ts';
import type { Policy } from './policy.ts';

/** Looks up every granted Service backend; what is not granted is not looked up, so nothing tells whether it exists. */
export const backendServices: Policy = (traffic, world) => {
  const wanted = traffic.backends.filter(
    (backend): backend is ServiceBackend =>
      backend.kind === 'Service' &&
      isBackendGranted(backend, traffic.app.namespace, world.platform) &&
      !isOwnService(backend, traffic),
  );
  const found = wanted.map((backend) => ({ backend, facts: serviceFacts(backend, world) }));
  return {
    problems: found.flatMap(({ backend, facts }) =>
      facts === undefined ? missing(backend, world) : missingPort(backend, facts),
    ),
    assumed: found.flatMap(({ backend, facts }) =>
      facts === undefined && world.assumesPresent ? [`Service ${backend.namespace}/${backend.service}`] : [],
    ),
  };
};

/** The Service generated for this very app is not there before the first apply. */
function isOwnService({ namespace, service }: ServiceBackend, traffic: Traffic): boolean {
  return traffic.service.type !== 'Existing' && namespace === traffic.app.namespace && service === traffic.service.name;
}

function serviceFacts({ namespace, service }: ServiceBackend, world: World): ServiceFacts | undefined {
  return world.services.find((facts) => facts.namespace === namespace && facts.name === service);
}

function missing(backend: ServiceBackend, world: World): readonly Problem[] {
  if (world.assumesPresent) return [];
  if (world.watchedNamespaces?.includes(backend.namespace) === false) return [notWatched(backend)];
  return [
    {
      code: 'AT0201',
      field: backend.at,
      message: `backend ${backend.name} names Service ${backend.namespace}/${backend.service}, which does not exist`,
      fix: 'create the Service, or correct its name; the route starts to work by itself',
    },
  ];
}

function notWatched({ name, namespace, service, port, at }: ServiceBackend): Problem {
  return {
    code: 'AT0211',
    field: at,
    message: `backend ${name} names Service ${namespace}/${service}, and namespace ${namespace} is not watched: whether the Service is there and has port ${port} is not known`,
    fix: `ask the platform team to add ${namespace} to --watch-namespaces; if the Service is there, the route works all the same`,
  };
}

/** A Service of type ExternalName may list no ports; then every port goes through. */
function missingPort(backend: ServiceBackend, facts: ServiceFacts): readonly Problem[] {
  const ports = facts.ports.map(({ port }) => port).sort((a, b) => a - b);
  if (ports.includes(backend.port) || (facts.type === 'ExternalName' && ports.length === 0)) return [];
  return [
    {
      code: 'AT0202',
      field: backend.at,
      message: `Service ${backend.namespace}/${backend.service} has no port ${backend.port}`,
      fix: ports.length === 0 ? 'give the Service that port' : `use one of its ports: ${ports.join(', ')}`,
    },
  ];
}
