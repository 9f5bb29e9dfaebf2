/** The flags that send requests through a gateway. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { readDuration } from '../../settings/flag-values.ts';
import type { Finding } from '../input/finding.ts';
import { readLiveAddress } from './live-address.ts';
import type { LiveAddress } from './live-address.ts';
import { readTrust } from './live-trust.ts';
import type { LiveOptions } from './run-live.ts';

/** The values of the flags; durations in milliseconds. */
export type LiveFlags = {
  readonly live?: readonly LiveAddress[];
  readonly ca?: string;
  readonly insecure?: true;
  readonly cert?: string;
  readonly key?: string;
  readonly samples?: number;
  readonly timeout?: number;
  readonly caseTimeout?: number;
};

/** Number of requests of one case that are under way at the same time. */
const atOnce = 8;
const defaults = { samples: 400, timeoutMs: 10_000, caseTimeoutMs: 120_000 } as const;
const most = 100_000;

/** Adds the flags to a command. */
export function addLiveOptions(command: Command): Command {
  return command
    .option(
      '--live <ADDRESS>',
      'Send the requests to a gateway, http://HOST:PORT or https://HOST:PORT, and judge its answers; once for each of the two',
      readAddresses,
    )
    .option('--ca <FILE>', "Certificates (PEM) that the gateway's must lead to; those that Node trusts where absent")
    .option('--insecure', "Take any certificate of the gateway's")
    .option('--cert <FILE>', 'Certificate (PEM) that cases with clientCertificate Trusted show; with --key')
    .option('--key <FILE>', 'Its private key (PEM)')
    .option(
      '--samples <NUMBER>',
      `Requests for a case that names backends (by default ${defaults.samples})`,
      readSamples,
    )
    .option('--timeout <DURATION>', 'Longest wait for one answer (by default 10s)', readMs)
    .option('--case-timeout <DURATION>', 'Longest time for all answers to one case (by default 2m)', readMs);
}

/** What the flags ask for; undefined: nothing is sent. Throws on flags that go with --live alone. */
export function liveOptions(
  { live, insecure, samples, timeout, caseTimeout, ...files }: LiveFlags,
  cwd: string,
): LiveOptions | { readonly fault: Finding } | undefined {
  if (live === undefined) return undefined;
  const trust = readTrust(files, insecure === true, cwd);
  if ('fault' in trust) return trust;
  return {
    addresses: live,
    trust,
    bounds: {
      atOnce,
      samples: samples ?? defaults.samples,
      timeoutMs: timeout ?? defaults.timeoutMs,
      caseTimeoutMs: caseTimeout ?? defaults.caseTimeoutMs,
    },
  };
}

/** The flags that mean nothing without --live. */
export function flagsWithoutLive({ live, ...others }: LiveFlags): readonly string[] {
  if (live !== undefined) return [];
  const { ca, insecure, cert, key, samples, timeout, caseTimeout } = others;
  const given = {
    '--ca': ca,
    '--insecure': insecure,
    '--cert': cert,
    '--key': key,
    '--samples': samples,
    '--timeout': timeout,
    '--case-timeout': caseTimeout,
  };
  return Object.entries(given).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
}

function readAddresses(text: string, before: readonly LiveAddress[] = []): readonly LiveAddress[] {
  const address = readLiveAddress(text);
  if (!address.ok) throw new InvalidArgumentError(`${address.message}. Fix: ${address.fix}.`);
  if (before.some(({ scheme }) => scheme === address.value.scheme)) {
    throw new InvalidArgumentError(`two addresses are for ${address.value.scheme}. Fix: keep one of them.`);
  }
  return [...before, address.value];
}

function readSamples(text: string): number {
  const number = Number(text);
  if (/^[0-9]+$/.test(text) && number >= 1 && number <= most) return number;
  throw new InvalidArgumentError(`Fix: write a whole number from 1 to ${most}.`);
}

function readMs(text: string): number {
  const duration = readDuration(text);
  if (duration.ok) return duration.value;
  throw new InvalidArgumentError(`Fix: ${duration.fix}.`);
}
