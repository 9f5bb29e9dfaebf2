import { readBindAddress } from '../../../src/settings/flag-values.ts';
import { readOperatorFlags } from '../../../src/settings/process-flags.ts';

const defaults = {
  metricsBindAddress: { port: 8080 },
  healthProbeBindAddress: { port: 8081 },
  leaderElect: false,
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryPeriodMs: 2_000,
  writeTimeoutMs: 5_000,
  watchNamespaces: [],
  watchIdleTimeoutMs: 120_000,
  relistPeriodMs: 600_000,
  maxBackoffMs: 300_000,
  logLevel: 'info',
  logFormat: 'json',
};

describe("the operator's flags", () => {
  it('have the defaults of kubebuilder and client-go', () => {
    expect(readOperatorFlags({})).toEqual({ ok: true, value: defaults });
  });

  it('take every value that is given', () => {
    expect(
      readOperatorFlags({
        'metrics-bind-address': '0',
        'health-probe-bind-address': '127.0.0.1:0',
        'leader-elect': 'true',
        'lease-duration': '4s',
        'renew-deadline': '2s500ms',
        'retry-period': '500ms',
        'watch-namespaces': 'shop, blog,shop',
        'watch-idle-timeout': '30s',
        'relist-period': '1h',
        'max-backoff': '1m',
        'log-level': 'debug',
        'log-format': 'text',
        settings: 'platform.yaml',
        kubeconfig: '/etc/kube/config',
      }),
    ).toEqual({
      ok: true,
      value: {
        metricsBindAddress: undefined,
        healthProbeBindAddress: { host: '127.0.0.1', port: 0 },
        leaderElect: true,
        leaseDurationMs: 4_000,
        renewDeadlineMs: 2_500,
        retryPeriodMs: 500,
        writeTimeoutMs: 1_500,
        watchNamespaces: ['blog', 'shop'],
        watchIdleTimeoutMs: 30_000,
        relistPeriodMs: 3_600_000,
        maxBackoffMs: 60_000,
        logLevel: 'debug',
        logFormat: 'text',
        settingsFile: 'platform.yaml',
        kubeconfigFile: '/etc/kube/config',
      },
    });
  });

  it('report every faulty value at once', () => {
    expect(
      readOperatorFlags({
        'metrics-bind-address': 'everywhere',
        'leader-elect': 'yes',
        'retry-period': '2',
        'watch-namespaces': 'shop,Blog_',
        'log-level': 'warning',
        settings: '',
      }),
    ).toEqual({
      ok: false,
      problems: [
        {
          flag: '--metrics-bind-address',
          message: '"everywhere" is not an address',
          fix: 'write :PORT, HOST:PORT or [IPV6]:PORT, or 0 to serve nothing',
        },
        { flag: '--leader-elect', message: '"yes" is neither true nor false', fix: 'write true or false' },
        {
          flag: '--retry-period',
          message: '"2" is not a duration',
          fix: 'write whole numbers above 0 with a unit: 250ms, 5s, 10m or 1h',
        },
        {
          flag: '--watch-namespaces',
          message: '"Blog_" is not a DNS label',
          fix: 'use at most 63 lower-case letters, digits and dashes, begin and end with a letter or digit',
        },
        {
          flag: '--log-level',
          message: '"warning" is not a known value',
          fix: 'write one of error, warn, info, debug',
        },
        { flag: '--settings', message: 'is empty', fix: 'write the path of a file' },
      ],
    });
  });

  it('leave room for the last write of a leader, and for a missed renewal', () => {
    expect(readOperatorFlags({ 'lease-duration': '10s', 'renew-deadline': '9500ms', 'retry-period': '8s' })).toEqual({
      ok: false,
      problems: [
        {
          flag: '--lease-duration',
          message:
            'is not at least 1s longer than --renew-deadline, so a write of a leader that was lost could overlap with the next leader',
          fix: 'write at least 10500ms, or shorten --renew-deadline',
        },
        {
          flag: '--renew-deadline',
          message: 'is not longer than 1.2 times --retry-period, so one missed renewal would end the leader',
          fix: 'write more than 9600ms, or shorten --retry-period',
        },
      ],
    });
  });

  it('give metrics and probes different ports, unless the system chooses them', () => {
    expect(readOperatorFlags({ 'metrics-bind-address': ':8081' })).toEqual({
      ok: false,
      problems: [
        {
          flag: '--health-probe-bind-address',
          message: 'is the port of --metrics-bind-address',
          fix: 'give them different ports',
        },
      ],
    });
    expect(readOperatorFlags({ 'metrics-bind-address': ':0', 'health-probe-bind-address': ':0' }).ok).toBe(true);
  });

  it.each([
    [':8080', { port: 8080 }],
    ['localhost:1', { host: 'localhost', port: 1 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
  ])('read the address %s', (text, value) => {
    expect(readBindAddress(text)).toEqual({ ok: true, value });
  });

  it.each(['8080', ':65536', '::1:80', ':', 'a b:80', '[::1]', ''])('refuse the address %j', (text) => {
    expect(readBindAddress(text).ok).toBe(false);
  });
});
