/** Who sends a request, as `--from` says it. */
import type { Caller } from '../../decide/request.ts';
import { dns1123Label, dns1123Subdomain } from '../../schema/names.ts';
import { bad, good } from './reading.ts';
import type { Reading } from './reading.ts';

/** The word for anybody without an identity in the mesh. */
export const internet = 'internet';

/** `internet`, or `namespace/serviceaccount` of a workload in the mesh. */
export function readCaller(text: string): Reading<Caller> {
  if (text === internet) return good(undefined);
  const [namespace = '', serviceAccount, rest] = text.split('/');
  if (serviceAccount === undefined || rest !== undefined) {
    return bad(
      `${JSON.stringify(text)} names no caller`,
      `write NAMESPACE/SERVICEACCOUNT for a workload in the mesh, or ${internet}`,
    );
  }
  for (const [name, part, form] of [
    ['namespace', namespace, dns1123Label],
    ['ServiceAccount', serviceAccount, dns1123Subdomain],
  ] as const) {
    if (!form.pattern.test(part) || part.length > form.max) {
      return bad(`the ${name} ${JSON.stringify(part)} ${form.message}`, form.fix);
    }
  }
  return good({ namespace, serviceAccount });
}
