import { translateService } from '../../../src/translate/service/service.ts';
import type { Service as ServiceModel } from '../../../src/model/traffic.ts';
import { adminPort, dbPort, httpPort, metadata, traffic, world } from './models.ts';

const base: ServiceModel = { name: 'shop', type: 'ClusterIP', annotations: {}, at: 'spec.service' };
const render = (service: Partial<ServiceModel>, ports = [httpPort]) =>
  translateService(traffic({ service: { ...base, ...service }, ports }), world);

const httpServicePort = { name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' };

describe('the Service of an app', () => {
  it('selects the pods and says what is spoken on each port', () => {
    expect(render({}, [httpPort, dbPort, adminPort])).toEqual({
      manifests: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: metadata('shop'),
          spec: {
            type: 'ClusterIP',
            selector: { app: 'shop' },
            ports: [
              { name: 'admin', port: 81, targetPort: 9090, appProtocol: 'http' },
              { name: 'db', port: 5432, targetPort: 5432, appProtocol: 'tcp' },
              httpServicePort,
            ],
          },
        },
      ],
      problems: [],
    });
  });

  it('is headless without a cluster address', () => {
    expect(render({ type: 'Headless' }).manifests.map(({ spec }) => spec)).toEqual([
      { type: 'ClusterIP', clusterIP: 'None', selector: { app: 'shop' }, ports: [httpServicePort] },
    ]);
  });

  it('carries name, annotations and traffic distribution as given', () => {
    const annotations = { 'example.com/team': 'a' };
    expect(render({ name: 'shop-api', type: 'LoadBalancer', annotations, trafficDistribution: 'PreferClose' })).toEqual(
      {
        manifests: [
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { ...metadata('shop-api'), annotations },
            spec: {
              type: 'LoadBalancer',
              selector: { app: 'shop' },
              ports: [httpServicePort],
              trafficDistribution: 'PreferClose',
            },
          },
        ],
        problems: [],
      },
    );
  });

  it('of type ExternalName selects no pods', () => {
    expect(render({ type: 'ExternalName', externalName: 'api.example.net' }).manifests.map(({ spec }) => spec)).toEqual(
      [{ type: 'ExternalName', externalName: 'api.example.net', ports: [httpServicePort] }],
    );
  });

  it('is not rendered where it exists already', () => {
    expect(render({ type: 'Existing' })).toEqual({ manifests: [], problems: [] });
  });
});
