/** `make demo`: one AppTraffic live, on a control plane of its own or on a cluster that the user has. */
import { parseArgs } from 'node:util';
import { demoEmbedded } from './embedded.ts';
import { demoOnCluster } from './given-cluster.ts';
import { runDemo } from './run-demo.ts';

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    once: { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
  },
});

const { kubeconfig, once, yes } = values;
await runDemo((signal) =>
  kubeconfig === undefined ? demoEmbedded({ once, signal }) : demoOnCluster({ kubeconfig, once, yes, signal }),
);
