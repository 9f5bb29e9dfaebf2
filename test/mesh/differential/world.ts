/** Worlds: a few AppTraffics that belong together, and what becomes of them. */
import type { AppTraffic } from '../../../src/api/v1alpha1/app-traffic.ts';
import { parseAppTraffic } from '../../../src/api/v1alpha1/parse.ts';
import { compileOffline } from '../../../src/cli/compile-offline.ts';
import type { InputKind, InputObject } from '../../../src/cli/input/input-object.ts';
import { worldsFromDocuments } from '../../../src/cli/world-from-documents.ts';
import type { OfflineApp } from '../../../src/cli/world-from-documents.ts';
import { trafficOf } from '../../../src/compile/compile.ts';
import { servedModel } from '../../../src/compile/judge.ts';
import type { Question } from '../../../src/decide/question.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import type { Platform } from '../../../src/model/platform.ts';
import type { ProblemCode } from '../../../src/model/problem-codes.ts';
import type { Traffic } from '../../../src/model/traffic.ts';
import { readPlatform } from '../../../src/settings/platform.ts';
import type { Connection } from './connections.ts';
import { groundSettings, namedGateways } from './ground.ts';
import type { Pair } from './requests.ts';

/** What a world needs of the platform beside the ground's settings. */
export type Grants = {
  readonly backends?: Platform['backends'];
  readonly hosts?: { readonly shared: Platform['hosts']['shared'] };
  readonly provider?: Platform['provider'];
  /** Ports of the default gateway that apps may listen on. */
  readonly tcpPorts?: readonly number[];
  /** Gateways in place of those of the ground, as settings have them. */
  readonly gateways?: readonly object[];
};

/** AppTraffics that see each other; nothing outside a world has to do with it. */
export type World = {
  /** Unique in a run: hosts and objects carry it. */
  readonly name: string;
  /** Which row of the table of layouts it comes from. */
  readonly layout: string;
  readonly apps: readonly AppTraffic[];
  readonly grants: Grants;
  /** What may be wrong with it; empty: every app is granted all it asks for. */
  readonly mayHave: readonly ProblemCode[];
  /** Other objects of the cluster, such as an IngressClass. */
  readonly others?: readonly Manifest[];
  /** The requests; absent: those at its boundaries. */
  readonly pairs?: readonly Pair[];
  /** The TCP connections; absent: those to every port that takes any. */
  readonly connections?: readonly Connection[];
};

/** A world after compile. */
export type Prepared = {
  readonly world: World;
  /** Everything of a question but the request and who sends it. */
  readonly served: Pick<Question, 'apps' | 'accounts' | 'platform'>;
  /** The apps as their specs say, before anything is refused. */
  readonly asked: readonly Traffic[];
  readonly manifests: readonly Manifest[];
  /** Why the world is not one: what the schema or compile says that `mayHave` does not allow; sentences. */
  readonly faults: readonly string[];
};

const now = '2026-01-01T00:00:00Z';

/** Compiles a world as the operator would. */
export function prepare(world: World): Prepared {
  const platform = platformOf(world.grants);
  const others = [...(namedGateways as unknown as readonly Manifest[]), ...(world.others ?? [])].map(inputOf);
  const apps = world.apps.map((app) => inputOf(app as unknown as Manifest));
  const { compiled, findings } = compileOffline({ apps, others }, platform, now);
  const parsed = apps.flatMap((object): readonly OfflineApp[] => {
    const read = parseAppTraffic(object.manifest);
    return read.ok ? [{ object, value: read.value }] : [];
  });
  const worldOf = worldsFromDocuments({ apps: parsed, others, platform, now });
  const asked = parsed.map(({ value }) => trafficOf(value, { platform }));
  return {
    world,
    served: {
      apps: parsed.flatMap((app) => servedModel(app.value, worldOf(app)) ?? []),
      accounts: asked.map(({ app, serviceAccount, service }) => ({ app, serviceAccount, service: service.name })),
      platform,
    },
    asked,
    manifests: compiled.flatMap(({ manifests }) => manifests),
    faults: findings
      .filter(({ severity, code }) => severity === 'Error' && !world.mayHave.some((one) => one === code))
      .map(({ code, object, field, message }) => `${code ?? ''} ${object ?? ''} ${field ?? ''}: ${message}`),
  };
}

function platformOf({ tcpPorts, gateways: given, ...grants }: Grants): Platform {
  const gateways = (given ?? groundSettings.gateways).map((entry) =>
    'default' in entry && tcpPorts !== undefined ? { ...entry, tcpPorts } : entry,
  );
  const read = readPlatform({ ...groundSettings, ...grants, gateways });
  if (!read.ok) throw new Error(`the ground's settings: ${JSON.stringify(read.issues)}`);
  return read.value;
}

function inputOf(manifest: Manifest): InputObject {
  return { kind: manifest.kind as InputKind, manifest, positionOf: () => ({ file: 'world', line: 1, column: 1 }) };
}
