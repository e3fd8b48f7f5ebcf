/** A random UUID. The browser names each blob by one, also for pages over plain HTTP, which have no crypto.randomUUID. */
export function uuid(): string {
  const url = URL.createObjectURL(new Blob());
  URL.revokeObjectURL(url);
  return url.slice(-36);
}
