/** The parts of the test bed that are built from Go modules: one row per module, each with the programs it holds. */

/** One Go module of hack/toolchain and what is built from it. */
export type Part = {
  /** Folder below hack/toolchain that holds go.mod, go.sum, and tools.go or a main.go of its own. */
  readonly folder: string;
  /** Program name to the main package it is built from. */
  readonly programs: Readonly<Record<string, string>>;
  /** Linker flags beside `-s -w`; gets the version (`v1.36.3`) that go.mod requires of `versionOf`. */
  readonly linkerFlags: (version: string) => readonly string[];
  /** The module whose required version is the version of the programs. */
  readonly versionOf: string;
};

/** Kubernetes calls itself v0.0.0 unless its version is linked in (component-base/version). */
function kubernetesVersionFlags(version: string): readonly string[] {
  const [major = '', minor = ''] = version.replace(/^v/, '').split('.');
  const variables = { gitVersion: version, gitMajor: major, gitMinor: minor };
  return Object.entries(variables).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
}

/** Every part, in the order in which `make toolchain` builds them: quick ones first. */
export const parts = {
  etcd: {
    folder: 'etcd',
    versionOf: 'go.etcd.io/etcd/server/v3',
    programs: { etcd: 'go.etcd.io/etcd/server/v3' },
    linkerFlags: () => [],
  },
  kube: {
    folder: 'kube',
    versionOf: 'k8s.io/kubernetes',
    programs: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    },
    linkerFlags: kubernetesVersionFlags,
  },
  'cert-manager': {
    folder: 'cert-manager',
    versionOf: 'github.com/cert-manager/cert-manager',
    programs: { 'cert-manager': 'apptraffic.dev/hack/toolchain/cert-manager' },
    linkerFlags: () => [],
  },
  istio: {
    folder: 'istio',
    versionOf: 'istio.io/istio',
    programs: {
      'pilot-agent': 'istio.io/istio/pilot/cmd/pilot-agent',
      'pilot-discovery': 'istio.io/istio/pilot/cmd/pilot-discovery',
      istioctl: 'istio.io/istio/istioctl/cmd/istioctl',
    },
    linkerFlags: () => [],
  },
} as const satisfies Record<string, Part>;

/** Name of a row of `parts`. */
export type PartName = keyof typeof parts;

/** Name of a program that some part holds. */
export type GoProgram = { [name in PartName]: keyof (typeof parts)[name]['programs'] }[PartName];

/** The part that holds a program; throws for a name that no part has. */
export function partOf(program: string): Part {
  const part: Part | undefined = Object.values(parts).find((one: Part) => Object.hasOwn(one.programs, program));
  if (part === undefined) throw new Error(`no part of the toolchain holds a program ${program}`);
  return part;
}
