import type { ErrorCode } from '../../../contracts/error-code';
import type { JsonSchema } from './schemas';

export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As in OpenAPI: `{id}`. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: Readonly<Record<string, JsonSchema>>;
  readonly body?: {
    readonly required: boolean;
    readonly schema: JsonSchema;
    readonly isUpload?: boolean;
    /** Taken as it is, of any type. */
    readonly isDocument?: boolean;
  };
  /** Undefined: plain text. */
  readonly answer?: JsonSchema;
  /** The answer is a document of any type. */
  readonly isDocument?: boolean;
  /** Beyond those that every operation with credentials can have. */
  readonly errors: readonly ErrorCode[];
  readonly isPublic?: boolean;
  /** What comes with 503 where that is no error envelope. */
  readonly notReadyAnswer?: JsonSchema;
}
