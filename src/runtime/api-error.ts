/** The one error that talking to the API server throws: what the server (or the lack of it) said, as data. */

/** One cause of a metav1.Status: a machine-readable reason, its text and the field it is about. */
export type StatusCause = { readonly reason: string; readonly message: string; readonly field: string };

/** What an {@link ApiError} says. */
export type ApiErrorFields = {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** `reason` of the metav1.Status, or one of ours: ConnectionFailed, Timeout, InvalidResponse, Fenced, Unauthenticated. */
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly StatusCause[];
  /** The object that the answer was about; empty when the server named none (then the kind itself may be missing). */
  readonly objectName: string;
  /** How long the server asks us to wait, in ms. */
  readonly retryAfterMs?: number;
  /** True when a mutating request may have been carried out although no answer came: read back before the next write. */
  readonly outcomeUnknown: boolean;
};

/** Thrown by the transport and everything above it; {@link import('./classify.ts').classify} says what to do about it. */
export class ApiError extends Error implements ApiErrorFields {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  readonly objectName: string;
  readonly retryAfterMs?: number;
  readonly outcomeUnknown: boolean;

  constructor(fields: Partial<ApiErrorFields> & Pick<ApiErrorFields, 'reason' | 'message'>, options?: ErrorOptions) {
    super(fields.message, options);
    this.status = fields.status ?? 0;
    this.reason = fields.reason;
    this.causes = fields.causes ?? [];
    this.objectName = fields.objectName ?? '';
    this.outcomeUnknown = fields.outcomeUnknown ?? false;
    if (fields.retryAfterMs !== undefined) this.retryAfterMs = fields.retryAfterMs;
  }
}
