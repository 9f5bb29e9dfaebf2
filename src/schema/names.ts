/** The forms of Kubernetes names (apimachinery, util/validation). */
import { text } from './text.ts';
import type { TextForm } from './text.ts';

/** DNS-1035 label: the form of an AppTraffic's and a Service's name. */
export const dns1035Label: TextForm = {
  pattern: /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
  max: 63,
  message: 'is not a DNS-1035 label',
  fix: 'use at most 63 lower-case letters, digits and dashes, begin with a letter, end with a letter or digit',
};

/** DNS-1123 label: the form of a namespace, a route, a port and a backend. */
export const dns1123Label: TextForm = {
  pattern: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
  max: 63,
  message: 'is not a DNS label',
  fix: 'use at most 63 lower-case letters, digits and dashes, begin and end with a letter or digit',
};

/** DNS-1123 subdomain: the form of a Secret's, a ServiceAccount's and an IngressClass's name. */
export const dns1123Subdomain: TextForm = {
  pattern: /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
  max: 253,
  message: 'is not a Kubernetes name',
  fix: 'use at most 253 lower-case letters, digits, dashes and dots, begin and end every part with a letter or digit',
};

/** The name of a namespace, route, port or backend. */
export const labelName = text(dns1123Label);

/** The name of a Service. */
export const serviceName = text(dns1035Label);

/** The name of a Secret, ServiceAccount or IngressClass. */
export const objectName = text(dns1123Subdomain);
