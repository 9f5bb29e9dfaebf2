/** CORS preflights in generated routes. */

/**
 * The header in which a preflight names the method that it asks for, as generated conditions spell it: those of users are
 * in lower case. Envoy ignores the case.
 */
export const askedMethodHeader = 'Access-Control-Request-Method';
