/**
 * A certificate made in memory at start, for the way from the balancer to the task: the balancer does not check it,
 * but the wire is encrypted. TLS 1.3 only.
 */
export async function selfSignedCertificate(): Promise<{ key: string; cert: string; minVersion: 'TLSv1.3' }> {
  const { generate } = await import('selfsigned');
  const pem = await generate([{ name: 'commonName', value: 'loopin.internal' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    curve: 'P-256',
  });
  return { key: pem.private, cert: pem.cert, minVersion: 'TLSv1.3' };
}
