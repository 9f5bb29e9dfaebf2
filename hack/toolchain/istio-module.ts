/** Where the pinned Go modules of Istio, Gateway API and cert-manager lie, and the CRDs in them. Only these are downloaded, nothing is built. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The pinned module: its version, and its folder in Go's module cache. */
export type IstioModule = { readonly version: string; readonly folder: string };

/** Finds istio.io/istio in the module cache, downloading it when it is not there. Throws when Go is missing or the download fails. */
export function istioModule(): IstioModule {
  return moduleAt('istio', 'istio.io/istio');
}

/** A module of those that a part is built of. */
function moduleAt(part: string, path: string): IstioModule {
  const out = execFileSync('go', ['mod', 'download', '-json', path], {
    cwd: join(import.meta.dirname, part),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 16 * 1024 * 1024,
  });
  const found = JSON.parse(out) as { readonly Version: string; readonly Dir: string };
  return { version: found.Version, folder: found.Dir };
}

/** The folder with the CRDs of Gateway API, those of its standard channel. */
export function gatewayApiCrdFolder(): string {
  return join(moduleAt('istio', 'sigs.k8s.io/gateway-api').folder, 'config/crd/standard');
}

/** All CRDs of Istio, as one file that kubectl can apply. */
export function istioCrdFile(): string {
  return join(istioModule().folder, 'manifests/charts/base/files/crd-all.gen.yaml');
}

/** The folder with the CRDs of cert-manager. */
export function certManagerCrdFolder(): string {
  return join(moduleAt('cert-manager', 'github.com/cert-manager/cert-manager').folder, 'deploy/crds');
}

/** That of its Certificates alone. */
export function certificateCrdFile(): string {
  return join(certManagerCrdFolder(), 'cert-manager.io_certificates.yaml');
}
