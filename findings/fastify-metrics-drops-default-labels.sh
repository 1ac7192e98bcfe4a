#!/bin/sh
# fastify-metrics 13.2.1 with prom-client 15.1.3: of a registry of one's own, /metrics loses the default labels.
#
# Guess: `registry.setDefaultLabels` of prom-client labels all metrics of the registry, and fastify-metrics, given the registry,
# serves it: the answer of /metrics is that of `registry.metrics()`.
# Seen: with `defaultMetrics: { register: registry }`, which is how the plugin is given a registry, registry.metrics() has the label
# and /metrics has the same metrics without it: the plugin merges this registry with the global one, and a merged registry
# has no default labels. With `promClient: { ...client, register: registry }` there is nothing to merge, and the label is there.
# Exits with 0 while that is so, and with 1 when it has changed. Needs Node 20 or newer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fastify@5.12.8 fastify-metrics@13.2.1 prom-client@15.1.3
cat >metrics.mjs <<'PROGRAM'
import Fastify from 'fastify'
import plugin from 'fastify-metrics'
import client from 'prom-client'

const register = new client.Registry()
register.setDefaultLabels({ region: 'north' })
new client.Gauge({ name: 'kettles', help: 'Kettles.', registers: [register] }).set(2)
const app = Fastify()
await app.register(plugin.default, {
  endpoint: '/metrics',
  defaultMetrics: { enabled: true, register },
  routeMetrics: { enabled: false },
  ...(process.argv[2] === 'replaced' && { promClient: { ...client, register } }),
})
const lineOf = (text) => text.split('\n').find((line) => line.startsWith('kettles')) ?? 'no such metric'
console.log(`registry: ${lineOf(await register.metrics())}`)
console.log(`/metrics: ${lineOf((await app.inject('/metrics')).payload)}`)
await app.close()
PROGRAM
echo "fastify-metrics 13.2.1, prom-client 15.1.3, node $(node --version)"
node metrics.mjs given | tee given
node metrics.mjs replaced | tee replaced
grep -qx 'registry: kettles{region="north"} 2' given
grep -qx '/metrics: kettles 2' given
grep -qx '/metrics: kettles{region="north"} 2' replaced
