/**
 * Whatever happens in whatever order, and however late the watches tell of it: in the end everything is as an operator
 * that starts now would have it. A change that fails to wake an app it concerns shows here as a write after a restart.
 */
import { assert, asyncProperty } from 'fast-check';
import { anyActions } from './actions.ts';
import { writesAfterRestart } from './operator-rig.ts';
import { Play, playOptions } from './play.ts';

test('every order of events ends where a restart would end, and nothing of what is gone is remembered', async () => {
  await assert(
    asyncProperty(anyActions, async (actions) => {
      const play = new Play();
      await play.run(actions);
      const gone = ['alpha/shop', 'alpha/blog', 'zeta/shop', 'zeta/blog'].filter(
        (app) => play.cluster.get('AppTraffic', app) === undefined,
      );
      expect(gone.filter((app) => play.rig.states.has(app))).toEqual([]);
      expect(await writesAfterRestart(play.cluster, playOptions)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
