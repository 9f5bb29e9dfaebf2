/** Backends and how requests are shared between them. */
import type { LiveCase } from '../live-case.ts';
import { both, canary, stable } from './shop.ts';

const pods = { stable: [stable], canary: [canary], app: both, docs: ['docs'] };

/** The cases. */
export const backendCases: readonly LiveCase[] = [
  {
    title: 'a backend is a part of the pods by labels, all of them, or another Service, also of another namespace',
    proves: [
      'backends.*.labels',
      'backends.*.service.name',
      'backends.*.service.port',
      'backends.*.service.namespace',
      'service.name',
    ],
    apps: [
      {
        name: 'backends',
        spec: {
          port: 8080,
          app: { selector: { app: 'shop' } },
          service: { name: 'backends-service' },
          backends: {
            stable: { labels: { version: 'v1' } },
            canary: { labels: { version: 'v2', track: 'canary' } },
            docs: { service: { name: 'docs', port: 80 } },
            admin: { service: { name: 'docs', port: 90 } },
            search: { service: { name: 'search', port: 81, namespace: 'common' } },
          },
          external: {
            hosts: ['backends.example.com'],
            routes: [
              { name: 'stable', match: { prefix: '/stable' }, to: 'stable' },
              { name: 'canary', match: { prefix: '/canary' }, to: 'canary' },
              { name: 'docs', match: { prefix: '/docs' }, to: 'docs' },
              { name: 'admin', match: { prefix: '/admin' }, to: 'admin' },
              { name: 'search', match: { prefix: '/search' }, to: 'search' },
              { name: 'app', match: { prefix: '/app' }, to: 'app' },
            ],
          },
        },
      },
    ],
    run: async ({ gets, shares }) => {
      const to = (name: string, pod: string, port = 8080) => ({
        request: `GET http://backends.example.com/${name}`,
        gets: { pods: pod, backends: name, route: `team/backends/${name}`, port },
      });
      await gets([
        ...Array.from({ length: 10 }, () => [to('stable', stable), to('canary', canary)]).flat(),
        to('docs', 'docs'),
        to('admin', 'docs', 9090),
        to('search', 'search', 8081),
        { request: 'GET http://backends.example.com/', gets: { status: 404 } },
        { request: 'GET http://backends-service.team:80/', from: 'docs', gets: { pods: both } },
      ]);
      await shares({ request: 'GET http://backends.example.com/app' }, { app: { percent: 100, pods: both } });
    },
  },
  {
    title:
      'a split is in whole percents: 90 to 10 by default, 25 to 75 on a route, with the Service of another app, and never to a share of 0',
    proves: ['split', 'external.routes[].split'],
    apps: [
      {
        name: 'split',
        spec: {
          port: 8080,
          app: { selector: { app: 'shop' } },
          backends: {
            stable: { labels: { version: 'v1' } },
            canary: { labels: { version: 'v2' } },
            docs: { service: { name: 'docs', port: 80 } },
          },
          split: { stable: 90, canary: 10 },
          external: {
            hosts: ['split.example.com'],
            routes: [
              { name: 'default' },
              { name: 'own', match: { prefix: '/own' }, split: { stable: 25, docs: 75 } },
              { name: 'none', match: { prefix: '/none' }, split: { stable: 0, canary: 100 } },
            ],
          },
        },
      },
    ],
    run: async ({ shares }) => {
      const of = (name: keyof typeof pods, percent: number) => ({ percent, pods: pods[name] });
      await shares(
        { request: 'GET http://split.example.com/' },
        { stable: of('stable', 90), canary: of('canary', 10) },
      );
      await shares({ request: 'GET http://split.example.com/own' }, { stable: of('stable', 25), docs: of('docs', 75) });
      await shares(
        { request: 'GET http://split.example.com/none' },
        { stable: of('stable', 0), canary: of('canary', 100) },
      );
    },
  },
  {
    title: 'the pods of an app are those with its selector; without one, those with the label app and its name',
    proves: ['app.selector'],
    apps: [
      {
        name: 'docs',
        spec: {
          ports: [
            { name: 'http', port: 80, targetPort: 8080 },
            { name: 'http-admin', port: 90, targetPort: 9090 },
          ],
          external: { hosts: ['docs.example.com'] },
        },
      },
      {
        name: 'selected',
        spec: {
          port: 8080,
          app: { selector: { app: 'shop', version: 'v2' } },
          external: { hosts: ['selected.example.com'] },
        },
      },
      { name: 'nobody', spec: { port: 8080, external: { hosts: ['nobody-runs.example.com'] } } },
    ],
    run: ({ gets }) =>
      gets([
        ...Array.from({ length: 8 }, () => ({
          request: 'GET http://selected.example.com/',
          gets: { pods: canary, route: 'team/selected/default' },
        })),
        { request: 'GET http://docs.example.com/', gets: { pods: 'docs', route: 'team/docs/default' } },
      ]),
  },
  {
    title: 'a backend without a pod answers 503',
    proves: [],
    run: async ({ send }) => {
      expect((await send({ request: 'GET http://nobody-runs.example.com/' })).status).toBe(503);
    },
  },
];
