import { ApiError } from '../errors.ts';

/** The base64 of a picture that the request holds itself. Throws `ApiError` 400 that names the field for any other. */
export function imageData(url: string, param: string): string {
  const data = /^data:image\/[\w.+-]+;base64,([A-Za-z0-9+/=\s]+)$/.exec(url)?.[1];
  if (data !== undefined) return data;
  throw new ApiError(400, 'Images must be data: URLs in base64; nothing is fetched from the network here.', {
    param,
  });
}
