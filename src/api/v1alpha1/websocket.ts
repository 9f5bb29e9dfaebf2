/** Whether clients open websockets on a route. */
import { z } from 'zod';
import { unless, withRules } from '../../schema/rule.ts';

/** Said or not said: it cannot be denied. */
export const websocket = withRules(z.boolean(), [
  {
    message: 'false would keep no websocket out',
    fix: 'remove it; match.withoutHeaders: [upgrade] keeps websockets out',
    cel: 'self',
    faults: (given) => unless(given),
  },
]);
