/** There is no way to the API server: no cluster around, or a kubeconfig that cannot be used. Shows no secret. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
}
