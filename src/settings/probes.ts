/** How the operator sends the probes of apps, and which addresses it may connect to for them. */
import { z } from 'zod';
import { cidr, nameServer } from '../schema/cidr.ts';
import { about } from '../schema/describe.ts';
import { duration, durationMs } from '../schema/duration.ts';
import { unless, withChecks } from '../schema/rule.ts';

const shortestMs = 1000;

const interval = withChecks(duration, [
  {
    message: 'is too short',
    fix: 'write at least 1s',
    faults: (value) => unless(!(durationMs(value) < shortestMs)),
  },
]);

/** `probes`. */
export const probes = z.strictObject({
  interval: interval
    .meta(
      about(
        'Pause between two probes of one app, lengthened by chance by up to a fifth; a change of the outcome is confirmed after 10s, or after this where it is shorter.',
        { absent: '60s' },
      ),
    )
    .exactOptional(),
  allowPublic: z
    .boolean()
    .meta(
      about('Whether probes may connect to public addresses; false: to those of allowedCIDRs alone.', {
        absent: 'true',
      }),
    )
    .exactOptional(),
  allowedCIDRs: z
    .array(cidr)
    .max(256)
    .meta(
      about(
        "Addresses that probes may connect to although they are not public: those of the platform's gateways. A range of loopback addresses allows those; link-local, multicast and unspecified addresses and the API server's own are never asked.",
        { absent: 'none' },
      ),
    )
    .exactOptional(),
  nameServers: z
    .array(nameServer)
    .min(1)
    .max(8)
    .meta(
      about('DNS servers that are asked for the hosts, as IP or IP:PORT; those of clients, where they differ.', {
        absent: "those of the operator's pod",
      }),
    )
    .exactOptional(),
});
