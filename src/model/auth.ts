/** Who may come in from outside: tokens, claims, and what somebody else is asked. */

/** A token (RFC 7519) that is taken: who signs it, and where his keys are. */
export type JwtRule = {
  readonly issuer: string;
  /** An https URL of a JSON Web Key Set (RFC 7517); Istio reads it. */
  readonly jwksUri: string;
  /** One of them must be in `aud`; sorted; empty: any. */
  readonly audiences: readonly string[];
  /** Whether the pods get the token too. */
  readonly forward: boolean;
};

/** A claim that a token must have: by name, or by the names that lead to it; one of the values must be in it. Values are sorted. */
export type ClaimCondition = { readonly path: readonly string[]; readonly values: readonly string[] };

/** What requests of one route need. At least one of `issuers` and `provider` says something. */
export type Auth = {
  /** Whose tokens open the route; sorted; empty: none is needed. */
  readonly issuers: readonly string[];
  /** All of them must hold; sorted by path. */
  readonly claims: readonly ClaimCondition[];
  /** The provider of external authorization (MeshConfig.extensionProviders) that is asked first. */
  readonly provider?: string;
};

/** Claims of which Istio makes a list of words (pilot/pkg/security/authn, buildSpaceDelimitedClaims). */
export const wordClaims: readonly string[] = ['permission', 'scope'];
