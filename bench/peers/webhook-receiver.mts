// Who webhooks are sent to: 204 for all, but nothing at all below /hang. `GET /_seen` tells how many came since the last
// time, and how long after they happened; `/_health` that it is there.
import http, { type ServerResponse } from 'node:http';

const HANGS_MS = 60_000;

let latencies: number[] = [];

const server = http.createServer((request, response) => {
  if (request.method === 'GET') return tell(request.url ?? '', response);
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.url?.startsWith('/hang')) {
      setTimeout(() => response.destroy(), HANGS_MS).unref();
      return;
    }
    const { timestamp } = JSON.parse(Buffer.concat(chunks).toString()) as { timestamp: string };
    latencies.push(Date.now() - Date.parse(timestamp));
    response.writeHead(204).end();
  });
});

function tell(path: string, response: ServerResponse): void {
  const seen = latencies;
  if (path === '/_seen?forget') latencies = [];
  response.end(path.startsWith('/_seen') ? JSON.stringify(seen) : 'ok');
}

server.listen(Number(process.env.PORT), '127.0.0.1');
