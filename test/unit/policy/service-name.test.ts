import type { Problem } from '../../../src/model/problem.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import type { ServiceFacts, SiblingApp, World } from '../../../src/model/world.ts';
import { checkPolicy } from '../../../src/policy/check-policy.ts';
import { traffic, world } from './samples.ts';

const { namespace, name } = traffic.app;
const service = traffic.service.name;

/** Another app that would make the same Service, a day older than the app. */
const older: SiblingApp = {
  app: { namespace, name: 'older' },
  selector: { app: 'older' },
  serviceAccount: 'older',
  configuresPods: false,
  created: '2025-12-31T00:00:00Z',
  service,
};

const live = (madeBy?: string): ServiceFacts => ({
  namespace,
  name: service,
  type: 'ClusterIP',
  ports: [{ port: 80 }],
  ...(madeBy === undefined ? {} : { madeBy }),
});

const problems = (given: Partial<World>, app: Traffic = traffic): readonly Problem[] =>
  checkPolicy(app, { ...world, ...given }).problems;
const codes = (given: Partial<World>, app?: Traffic): readonly string[] => problems(given, app).map(({ code }) => code);

describe('a Service that two apps would make', () => {
  test('is that of the app that was there first; the other one is refused', () => {
    expect(
      problems({
        siblings: [{ ...older, app: { namespace, name: 'middle' }, created: '2025-12-31T12:00:00Z' }, older],
      }),
    ).toEqual([
      {
        code: 'AT0212',
        field: 'spec.service.name',
        message: `Service ${service} belongs to AppTraffic older`,
        fix: 'give the Service another name, or set service.type: Existing where the app shall be reached by the Service of older',
      },
    ]);
    expect({
      younger: codes({ siblings: [{ ...older, created: '2026-12-31T00:00:00Z' }] }),
      sameSecond: codes({ siblings: [{ ...older, app: { namespace, name: 'a' }, created: world.created }] }),
      sameSecondLaterName: codes({ siblings: [{ ...older, app: { namespace, name: 'zz' }, created: world.created }] }),
    }).toEqual({ younger: [], sameSecond: ['AT0212'], sameSecondLaterName: [] });
  });

  test('is that of the app that made the live one, however young it is and whatever it wants now', () => {
    const young: SiblingApp = { ...older, created: '2026-12-31T00:00:00Z' };
    const { service: _, ...leaving } = young;
    expect({
      own: codes({ siblings: [older], services: [live(name)] }),
      younger: codes({ siblings: [young], services: [live('older')] }),
      leaving: codes({ siblings: [leaving], services: [live('older')] }),
    }).toEqual({ own: [], younger: ['AT0212'], leaving: ['AT0212'] });
  });

  test('that nobody made, or an app that is gone, is for the plan to find', () => {
    expect([codes({ services: [live()] }), codes({ services: [live('gone')] })]).toEqual([[], []]);
  });

  test('is no matter in another namespace, under another name, or of an app that only refers to one', () => {
    const existing: Traffic = { ...traffic, service: { ...traffic.service, type: 'Existing' } };
    const { service: _, ...referring } = older;
    expect({
      elsewhere: codes({ siblings: [{ ...older, app: { namespace: 'blog', name: 'older' } }] }),
      otherName: codes({ siblings: [{ ...older, service: 'other' }] }),
      referring: codes({ siblings: [referring] }),
      itself: codes({ siblings: [older], services: [] }, existing).filter((code) => code === 'AT0212'),
    }).toEqual({ elsewhere: [], otherName: [], referring: [], itself: [] });
  });
});
