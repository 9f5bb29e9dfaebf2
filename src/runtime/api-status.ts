/** Turns an answer that is not a success (a metav1.Status, or whatever a proxy wrote) into an ApiError. */
import { ApiError } from './api-error.ts';
import type { StatusCause } from './api-error.ts';
import { isJsonObject, listAt, numberAt, textAt, valueAt } from '../kube/json.ts';
import type { Verb } from './observer.ts';

/** Whether a request of this verb changes something. */
export function mutates(verb: Verb): boolean {
  return verb !== 'get' && verb !== 'list' && verb !== 'watch';
}

/** Statuses that say somebody on the way gave up waiting: the write may still have been carried out behind them. */
const gaveUpWaiting = new Set([502, 504]);

/** The error of an answer with status 400 or above; `retryAfter` is that header's text, in seconds. */
export function errorOfAnswer(answer: {
  readonly verb: Verb;
  readonly status: number;
  readonly text: string;
  readonly retryAfter?: string;
}): ApiError {
  return errorOfStatus(answer.verb, answer.status, parsed(answer.text) ?? { message: answer.text }, answer.retryAfter);
}

/** The error of an ERROR event within a watch; its object is a metav1.Status. */
export function errorOfWatchEvent(object: unknown): ApiError {
  return errorOfStatus('watch', numberAt(object, 'code') ?? 500, object);
}

function errorOfStatus(verb: Verb, status: number, body: unknown, retryAfter?: string): ApiError {
  const details = valueAt(body, 'details');
  const retryAfterMs = waitOf(retryAfter) ?? secondsToMs(numberAt(details, 'retryAfterSeconds'));
  const message = (textAt(body, 'message') ?? '').slice(0, longestMessage).toWellFormed().trim();
  return new ApiError({
    status,
    reason: textAt(body, 'reason') || `HTTP${status}`,
    message: message === '' ? `the API server answered ${status}` : message,
    causes: listAt(details, 'causes').map(causeOf),
    objectName: textAt(details, 'name') ?? '',
    outcomeUnknown: mutates(verb) && gaveUpWaiting.has(status),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** A proxy's error page can be long, and messages end in status and logs. */
const longestMessage = 4096;

function causeOf(cause: unknown): StatusCause {
  return {
    reason: textAt(cause, 'reason') ?? '',
    message: textAt(cause, 'message') ?? '',
    field: textAt(cause, 'field') ?? '',
  };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function waitOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+$/.test(header) ? secondsToMs(Number(header)) : undefined;
}

function secondsToMs(seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds <= 0 ? undefined : seconds * 1000;
}
