import { contractBehaviours } from '../../../src/model/profile.ts';
import { profileOf } from '../../../src/translate/profile.ts';
import { external, namedGateway, platform, route, traffic, world } from './models.ts';

const ingress = (className: string, routes = [route('default')]) =>
  traffic({ external: external(['x.example'], routes, { edge: { kind: 'Ingress', className, at: '' } }) });
const nginxClass = { name: 'nginx', controller: 'k8s.io/ingress-nginx', isDefault: false };
const where = { ...world, ingressClasses: [nginxClass] };

describe('the profile of an app', () => {
  it('differs in nothing on Istio, and names routes to the pods', () => {
    expect(profileOf(traffic({ external: external(['x.example']) }), world)).toEqual({
      ...contractBehaviours,
      target: 'Istio',
      how: {},
      dotless: [],
      methods: 'OfEnvoy',
      marksRoutes: true,
      trustedHops: 0,
      reachesPodsAs: { namespace: 'istio-system', serviceAccount: 'istio-ingressgateway-service-account' },
    });
  });

  it('has nobody who reaches the pods where nothing is served outside', () => {
    expect(profileOf(traffic(), world)).toEqual({
      ...contractBehaviours,
      target: 'Istio',
      how: {},
      dotless: [],
      methods: 'OfEnvoy',
      marksRoutes: true,
      trustedHops: 0,
    });
  });

  it('knows the hosts whose dotted form a named gateway does not serve', () => {
    const gateways = [
      { namespace: 'istio-ingress', name: 'public', hosts: ['a.example', '*/b.example', 'b.example.'], tcp: [] },
    ];
    const app = traffic({
      external: external(['a.example', 'b.example', 'c.example'], [route('default')], namedGateway),
    });
    expect(profileOf(app, { ...world, gateways })).toMatchObject({
      dotless: ['a.example'],
      reachesPodsAs: { namespace: 'istio-ingress', serviceAccount: 'public' },
    });
    expect(profileOf(app, world).dotless).toEqual([]);
  });

  it('has every difference of plain Ingress', () => {
    expect(profileOf(ingress('other'), where)).toEqual({
      ...contractBehaviours,
      wildcardLabels: 'One',
      trailingDot: 'NotFound',
      hostWithoutRoutes: 'Wildcard',
      plainHttp: 'Unknown',
      comparedPath: 'Unknown',
      websockets: 'Unknown',
      unlimitedBody: 'Unknown',
      target: 'plain Ingress',
      how: {
        wildcardLabels: 'the wildcard stands for exactly one label: a name two labels below it is answered with 404',
        trailingDot: 'a host written with a trailing dot is answered with 404',
        hostWithoutRoutes:
          'a host without a route is not named to the controller, so a wildcard above it answers for it, whosever it is',
        plainHttp: 'plain http may still be redirected to https: that is for the controller to say',
        comparedPath: 'whether escapes and double slashes stay as they are is for the controller to say',
        websockets: 'whether a websocket passes through is for the controller to say',
        unlimitedBody: 'how large a body may be is for the controller to say',
      },
      dotless: [],
      methods: 'Any',
      marksRoutes: false,
      trustedHops: 0,
    });
  });

  it('has every difference of ingress-nginx, and that of single paths where an app has one', () => {
    const nginx = {
      ...contractBehaviours,
      wildcardLabels: 'One',
      trailingDot: 'NotFound',
      hostWithoutRoutes: 'Wildcard',
      comparedPath: 'Decoded',
      backendPath: 'AsSent',
      pathCase: 'IgnoredBesideRewrites',
      largeBody: 'First',
      unlimitedBody: 'Unknown',
      target: 'ingress-nginx',
      how: {
        largeBody:
          'a body that is too large is answered with 413 before anything else, also where the answer would be a redirect',
        unlimitedBody: 'a body above 1 MiB is answered with 413 where its ConfigMap says nothing else',
        wildcardLabels: 'the wildcard stands for exactly one label: a name two labels below it is answered with 404',
        trailingDot: 'a host written with a trailing dot is answered with 404',
        hostWithoutRoutes:
          'a host without a route is not named to the controller, so a wildcard above it answers for it, whosever it is',
        comparedPath:
          'escapes are decoded and double slashes joined before paths are compared, and the pods get a path that is not rewritten as it was sent',
        backendPath:
          'escapes are decoded and double slashes joined before paths are compared, and the pods get a path that is not rewritten as it was sent',
        pathCase: 'a rewrite makes all paths of its hosts regular expressions, which match without regard to case',
      },
      dotless: [],
      methods: 'Any',
      marksRoutes: false,
      trustedHops: 0,
    };
    const slash = 'a request for /b is answered with a redirect to /b/ where no route has the path /b';
    expect(profileOf(ingress('nginx'), where)).toEqual(nginx);
    expect(profileOf(ingress('nginx', [route('b', { exact: '/b/' })]), where)).toEqual({
      ...nginx,
      missingSlash: 'Redirect301',
      how: { ...nginx.how, missingSlash: slash },
    });
  });

  it('reaches the pods as the controller that the platform lists as part of the mesh', () => {
    const entry = { name: 'nginx', inMesh: true, namespace: 'edge', serviceAccount: 'nginx' };
    const inMesh = { ...where, platform: { ...platform, ingressClasses: [entry] } };
    expect(profileOf(ingress('nginx'), inMesh).reachesPodsAs).toEqual({ namespace: 'edge', serviceAccount: 'nginx' });
  });
});
