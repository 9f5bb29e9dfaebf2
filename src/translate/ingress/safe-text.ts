/** Whether a text may stand where a dialect would put it; what is not known to be safe is refused, whoever checked it before. */
import type { At } from '../../model/located.ts';
import type { Problem } from '../../model/problem.ts';
import type { Route } from '../../model/route.ts';
import type { External, Traffic } from '../../model/traffic.ts';
import type { Dialect, SafePath } from './dialect.ts';

const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const hostName = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*$`);
const objectName = new RegExp(`^${label}(?:\\.${label})*$`);
const longestName = 253;
const longestPath = 1024;
/** Two slashes, and `.` or `..` as a segment: the API server refuses them in a path (networking validation). */
const notPlain = /\/\/|\/\.{1,2}(?:\/|$)/;

/** AT0701 for every path, host and name that could mean more than itself in the controller's configuration. */
export function unsafeTexts(traffic: Traffic, external: External, dialect: Dialect): readonly Problem[] {
  return [
    ...external.routes.flatMap((route) => unsafePaths(route, dialect)),
    ...external.hosts.flatMap(({ value, at }) => unlessNamed(hostName, value, at)),
    ...external.routes.flatMap(({ features: { host } }) =>
      host === undefined ? [] : unlessNamed(hostName, host.value, host.at),
    ),
    ...unsafeNames(traffic, external),
  ];
}

function unsafePaths({ features }: Route, { title, safePath }: Dialect): readonly Problem[] {
  return [features.prefix, features.exact, features.rewritePrefix].flatMap((path) =>
    path === undefined || isSafe(path.value, safePath)
      ? []
      : [
          unsafe(
            path.at,
            `path ${JSON.stringify(path.value)} is not safe to write for ${title}`,
            `${safePath.fix}; no empty, . or .. segment`,
          ),
        ],
  );
}

function isSafe(path: string, { accepts }: SafePath): boolean {
  return path.length <= longestPath && !notPlain.test(path) && accepts(path);
}

function unsafeNames({ service, backends }: Traffic, { edge, tls }: External): readonly Problem[] {
  const className = edge.kind === 'Ingress' ? edge.className : undefined;
  return [
    ...unlessNamed(objectName, service.name, service.at),
    ...backends.flatMap((backend) =>
      backend.kind === 'Service' ? unlessNamed(objectName, backend.service, backend.at) : [],
    ),
    ...(className === undefined ? [] : unlessNamed(objectName, className, edge.kind === 'Ingress' ? edge.at : '')),
    ...(tls?.value.secretName === undefined ? [] : unlessNamed(objectName, tls.value.secretName, tls.at)),
  ];
}

function unlessNamed(pattern: RegExp, text: string, at: At): readonly Problem[] {
  if (text.length <= longestName && pattern.test(text)) return [];
  return [unsafe(at, `${JSON.stringify(text)} is not a DNS name`, 'use lower-case letters, digits, dashes and dots')];
}

function unsafe(field: At, message: string, fix: string): Problem {
  return { code: 'AT0701', field, message, fix };
}
