/** Identities: how workloads in the mesh know each other. */

/** A workload's identity: its ServiceAccount. */
export type Identity = { readonly namespace: string; readonly serviceAccount: string };
