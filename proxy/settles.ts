/** Whether the promise settles, either way, within `ms`; with Infinity it always does. */
export async function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = Promise.withResolvers<false>();
  const timeout = Number.isFinite(ms) ? setTimeout(() => timer.resolve(false), ms) : undefined;
  const settled = () => true as const;
  try {
    return await Promise.race([promise.then(settled, settled), timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}
