/** The rules between what requests need and the routes. */
import type { Rule } from '../../schema/rule.ts';
import type { Auth, RouteAuth } from './auth.ts';

type AnyRoute = {
  readonly redirect?: object | undefined;
  readonly respond?: object | undefined;
  readonly auth?: RouteAuth | undefined;
};

type AnyExternal = { readonly auth?: Auth | undefined; readonly routes?: readonly AnyRoute[] | undefined };

/** Of one route. */
export const claimsBesideAnswers: Rule<AnyRoute> = {
  message: 'redirect and respond answer before any token is looked at, so auth.claims would do nothing',
  fix: 'write auth: {mode: None}, or remove redirect and respond',
  cel: '!(has(self.redirect) || has(self.respond)) || !has(self.auth) || !has(self.auth.claims)',
  faults: ({ redirect: away, respond: answer, auth }) =>
    (away !== undefined || answer !== undefined) && auth?.claims !== undefined ? [['auth', 'claims']] : [],
};

/** Of all routes outside. */
export const authRules: readonly Rule<AnyExternal>[] = [
  {
    message: 'a route says what requests need, and external.auth asks for nothing',
    fix: 'write external.auth, or remove auth from the route',
    cel: 'has(self.auth) || !has(self.routes) || self.routes.all(route, !has(route.auth))',
    faults: ({ auth: needed, routes = [] }) =>
      needed !== undefined
        ? []
        : routes.flatMap((route, at) => (route.auth === undefined ? [] : [['routes', at, 'auth']])),
  },
  {
    message: 'a route asks for claims of a token, and external.auth.jwt asks for none',
    fix: 'list the issuers under external.auth.jwt, or remove claims',
    cel: '!has(self.auth) || has(self.auth.jwt) || !has(self.routes) || self.routes.all(route, !has(route.auth) || !has(route.auth.claims))',
    faults: ({ auth: needed, routes = [] }) =>
      needed === undefined || needed.jwt !== undefined
        ? []
        : routes.flatMap((route, at) => (route.auth?.claims === undefined ? [] : [['routes', at, 'auth', 'claims']])),
  },
  {
    message: 'redirect and respond answer before anything is checked, and external.auth is for all routes',
    fix: 'write auth: {mode: None} on the route to say that anybody may have the answer',
    cel: '!has(self.auth) || !has(self.routes) || self.routes.all(route, !(has(route.redirect) || has(route.respond)) || has(route.auth))',
    faults: ({ auth: needed, routes = [] }) =>
      needed === undefined
        ? []
        : routes.flatMap(({ redirect, respond, auth: own }, at) =>
            (redirect !== undefined || respond !== undefined) && own === undefined ? [['routes', at]] : [],
          ),
  },
];
