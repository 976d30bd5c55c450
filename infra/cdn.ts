import { type Edge, ORIGIN_KEY_HEADER } from './edge';
import type { StagePolicy } from './stage';

/** AWS's own policies: cache nothing, and pass everything on but the viewer's Host. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
const ORIGIN = 'balancer';

/** By switch: CloudFront, for users far from India. It caches nothing: the API has no public answers. */
export function createCdn({ domain }: StagePolicy, edge: Edge): void {
  const { originKey } = edge;
  if (originKey === undefined) return;
  new sst.aws.Cdn('Cdn', {
    domain: { name: domain, dns: sst.aws.dns({ zone: edge.zone.zoneId }) },
    origins: [
      {
        originId: ORIGIN,
        domainName: edge.host,
        customHeaders: [{ name: ORIGIN_KEY_HEADER, value: originKey }],
        customOriginConfig: {
          httpPort: 80,
          httpsPort: 443,
          originProtocolPolicy: 'https-only',
          originSslProtocols: ['TLSv1.2'],
        },
      },
    ],
    defaultCacheBehavior: {
      targetOriginId: ORIGIN,
      viewerProtocolPolicy: 'https-only',
      allowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
      cachedMethods: ['GET', 'HEAD'],
      cachePolicyId: CACHING_DISABLED,
      originRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
    },
  });
}
