import { ApiError } from '../../errors.ts';

/** What is said to whoever asks for a response of the past: none is kept, and none is under way without its client. */
export function notKept(method: string, path: string): ApiError {
  return new ApiError(
    404,
    `There is no ${method} ${path}: responses are not kept here. Send the whole input to POST /v1/responses, and break the ` +
      'connection to cancel.',
    { code: 'not_found' },
  );
}
