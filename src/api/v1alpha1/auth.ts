/** Who may come in from outside: tokens that are taken, what must stand in them, and who else is asked. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import type { Immutable } from '../../schema/immutable.ts';
import { unless, withRules } from '../../schema/rule.ts';
import { stringMap } from '../../schema/string-map.ts';
import { text } from '../../schema/text.ts';

/** Bounds are what the rules of claims cost the API server on each of 200 routes (decision 0020). */
const most = 8;
const longestValue = 64;
const longestName = 256;

/** Istio takes a star at either end of such a value for anything. */
const literal = {
  pattern: /^[!-)+-~]+$/,
  message: 'is not a text of visible characters without * and blanks',
  fix: 'write it as it stands in the token',
};

const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const port = '(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';

const jwksUri = text({
  pattern: new RegExp(
    `^https:\\/\\/(?:${label}\\.)+[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?(?::${port})?(?:\\/[A-Za-z0-9._~!$&'()+,;=:@/?-]*)?$`,
  ),
  max: 512,
  message: 'is not the https address of a key set',
  fix: 'write https://HOST/PATH, the host as a lower-case name: who could change keys on their way could sign tokens',
});

/** What is repeated says nothing new, and comparing all pairs would cost the API server the square of it on every route. */
function literals(max: number) {
  return z
    .array(text({ ...literal, max }))
    .min(1)
    .max(most)
    .meta({ 'x-kubernetes-list-type': 'atomic' });
}

const claimName = '[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,63}';

const claims = stringMap(literals(longestValue), {
  keys: {
    pattern: new RegExp(`^${claimName}(?:\\[${claimName}\\]){0,2}$`),
    max: 128,
    message: 'is not the name of a claim',
    fix: 'write NAME, or NAME[NAME] for a claim within a claim, as in realm_access[roles]',
  },
  most,
});

function claimsMeta(does: string, absent: string) {
  return about(
    `${does}, each with the values of which one must be in it; a claim within a claim is NAME[NAME]. Texts and lists of texts are compared; scope and permission are lists of words.`,
    { absent, becomes: 'AuthorizationPolicy.spec.rules[].when' },
  );
}

const jwt = z.strictObject({
  issuer: text({ ...literal, max: longestName }).meta(
    about('Who signs the tokens: the claim iss, byte for byte.', {
      becomes: 'RequestAuthentication.spec.jwtRules[].issuer',
    }),
  ),
  jwksUri: jwksUri.meta(
    about('Where the keys of the issuer are: the https address of a JSON Web Key Set, which istiod reads.', {
      becomes: 'RequestAuthentication.spec.jwtRules[].jwksUri',
    }),
  ),
  audiences: literals(longestName)
    .meta(
      about('Whom the token must be for: one of them must be in the claim aud.', {
        absent: 'anybody',
        becomes: 'RequestAuthentication.spec.jwtRules[].audiences',
      }),
    )
    .exactOptional(),
  forward: z
    .boolean()
    .meta(
      about('Whether the pods get the token too.', {
        absent: 'false: it is taken off the request',
        becomes: 'RequestAuthentication.spec.jwtRules[].forwardOriginalToken',
      }),
    )
    .exactOptional(),
});

/** What requests from outside need. */
export const auth = withRules(
  z.strictObject({
    jwt: withRules(z.array(jwt).min(1).max(8).meta({ 'x-kubernetes-list-type': 'atomic' }), [
      {
        message: 'an issuer is listed twice',
        fix: 'list every issuer once, with all of its audiences',
        cel: 'self.all(one, self.exists_one(other, other.issuer == one.issuer))',
        faults: (list) =>
          list.flatMap(({ issuer }, at) =>
            list.findIndex((one) => one.issuer === issuer) < at ? [[at, 'issuer']] : [],
          ),
      },
    ])
      .meta(
        about('Tokens of which a request must show one, in the header Authorization behind Bearer.', {
          absent: 'no token is needed',
          becomes: 'RequestAuthentication, AuthorizationPolicy',
        }),
      )
      .exactOptional(),
    claims: claims.meta(claimsMeta('Claims that the token must have', 'any claims')).exactOptional(),
    external: text({
      pattern: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
      max: 63,
      message: 'is not the name of a provider',
      fix: "write one of the platform's providers of external authorization",
    })
      .meta(
        about(
          "Who is asked about every request before anything else is checked: one of the platform's providers of external authorization.",
          { absent: 'nobody', becomes: 'AuthorizationPolicy.spec.provider' },
        ),
      )
      .exactOptional(),
  }),
  [
    {
      message: 'nothing is needed to come in',
      fix: 'give jwt or external, or remove auth',
      cel: 'has(self.jwt) || has(self.external)',
      faults: ({ jwt: tokens, external }) => unless(tokens !== undefined || external !== undefined),
    },
    {
      message: 'claims are those of a token, and none is needed',
      fix: 'list the issuers under jwt, or remove claims',
      cel: '!has(self.claims) || has(self.jwt)',
      faults: ({ jwt: tokens, claims: wanted }) => (wanted !== undefined && tokens === undefined ? [['claims']] : []),
    },
  ],
);

/** What requests of one route need. */
export const routeAuth = withRules(
  z.strictObject({
    mode: z
      .enum(['None'])
      .meta(about('None: requests of this route need nothing of what external.auth asks for.', { absent: 'they do' }))
      .exactOptional(),
    claims: claims
      .meta(
        claimsMeta(
          'Claims that the token must have, in the place of all of external.auth.claims',
          'external.auth.claims',
        ),
      )
      .exactOptional(),
  }),
  [
    {
      message: 'exactly one of mode and claims is needed',
      fix: 'write mode: None to ask for nothing, or the claims that a token must have',
      cel: 'has(self.mode) != has(self.claims)',
      faults: ({ mode, claims: wanted }) => unless((mode === undefined) !== (wanted === undefined)),
    },
  ],
);

/** What requests from outside need. */
export type Auth = Immutable<z.output<typeof auth>>;

/** What requests of one route need. */
export type RouteAuth = Immutable<z.output<typeof routeAuth>>;
