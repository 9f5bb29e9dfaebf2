import { anything, assert, property } from 'fast-check';
import { parseAppTraffic } from '../../../src/api/v1alpha1/parse.ts';

const object = (spec: unknown) => ({
  apiVersion: 'apptraffic.dev/v1alpha1',
  kind: 'AppTraffic',
  metadata: { name: 'shop', namespace: 'shop' },
  spec,
});

describe('parseAppTraffic', () => {
  test('returns the object as it was written, without defaults', () => {
    const value = object({ port: 8080, internal: { allow: [] } });
    expect(parseAppTraffic(value)).toEqual({ ok: true, value });
  });

  test('drops null fields as the API server does', () => {
    expect(parseAppTraffic(object({ port: 8080, ports: null, internal: { mtls: null } }))).toEqual({
      ok: true,
      value: object({ port: 8080, internal: {} }),
    });
  });

  test('refuses an allow list without a value, which the server would read as no restriction', () => {
    expect(parseAppTraffic(object({ port: 8080, internal: { allow: null } }))).toEqual({
      ok: false,
      issues: [
        {
          path: ['spec', 'internal', 'allow'],
          message: 'is nothing (null) where a list is expected',
          fix: 'write a list ([] for an empty one), or delete the line',
        },
      ],
    });
  });

  test('keeps checking rules whose fields are sound when other fields are not', () => {
    expect(parseAppTraffic(object({ port: '8080', split: { app: 99 }, extra: 1 }))).toEqual({
      ok: false,
      issues: [
        {
          path: ['spec', 'extra'],
          message: 'extra is not a field',
          fix: 'the fields here are port, ports, app, service, backends, split, sticky, weightsManagedBy, external, internal, resilience, observability, lifecycle',
        },
        { path: ['spec', 'port'], message: 'is text where a number is expected', fix: 'remove the quotes' },
        {
          path: ['spec', 'split'],
          message: 'the shares do not add up to 100',
          fix: 'write whole percents whose sum is 100',
        },
      ],
    });
  });

  test('accepts the object that a server returns, with its own metadata and a status', () => {
    const live = {
      ...object({ port: 8080 }),
      metadata: {
        name: 'shop',
        namespace: 'shop',
        uid: '5d1c',
        resourceVersion: '12',
        generation: 2,
        creationTimestamp: '2026-11-21T10:00:00Z',
        managedFields: [{ manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:spec': {} } }],
      },
      status: {
        observedGeneration: 2,
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            observedGeneration: 2,
            lastTransitionTime: '2026-11-21T10:00:01Z',
            reason: 'Programmed',
            message: '',
          },
        ],
      },
    };
    expect(parseAppTraffic(live)).toEqual({ ok: true, value: live });
  });

  test('never throws, whatever it is given', () => {
    assert(
      property(anything(), anything(), (whole, spec) => {
        expect(parseAppTraffic(whole).ok).toBe(false);
        expect(typeof parseAppTraffic(object(spec)).ok).toBe('boolean');
      }),
    );
  });

  it('refuses __proto__ as a name wherever it stands, as a condition of that name would be lost', () => {
    const text = `{"apiVersion": "apptraffic.dev/v1alpha1", "kind": "AppTraffic", "metadata": {"name": "a"}, "spec": {
      "port": 80, "external": {"hosts": ["a.example.com"], "routes": [{"name": "r", "match": {
        "query": {"__proto__": "x", "y": "z"}, "headers": {"__proto__": "x", "y": "z"}}}]}}}`;
    const issue = (field: string): object => ({
      path: ['spec', 'external', 'routes', 0, 'match', field, '__proto__'],
      message: '__proto__ cannot be a name',
      fix: 'use another name',
    });
    expect(parseAppTraffic(JSON.parse(text))).toEqual({ ok: false, issues: [issue('headers'), issue('query')] });
  });
});
