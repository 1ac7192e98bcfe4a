#!/bin/sh
# fastify 5.12.8: pluginTimeout, the limit for loading a plugin, also ends the wait of close() for a preClose hook.
#
# Guess: pluginTimeout (10 s by default) bounds the start; how long a server may take to close, its hooks decide: close()
# resolves when they have, so that a graceful shutdown may wait for requests as long as it likes.
# Seen: after pluginTimeout close() goes on while the preClose hook still waits: onClose hooks, where connections to a
# database are closed, run before it has ended, and close() rejects with AVV_ERR_READY_TIMEOUT.
# Exits with 0 while that is so, and with 1 when it has changed. Needs Node 20 or newer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fastify@5.12.8
cat >close.mjs <<'PROGRAM'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'

const order = []
const app = Fastify({ pluginTimeout: 300 })
app.addHook('preClose', async () => {
  await sleep(1500)
  order.push('preClose has ended')
})
app.addHook('onClose', async () => order.push('onClose'))
await app.ready()
await app.close().then(
  () => order.push('close resolved'),
  (error) => order.push(`close rejected: ${error.code}`),
)
await sleep(2000)
console.log(order.join(', '))
PROGRAM
echo "fastify 5.12.8, node $(node --version)"
node close.mjs | tee output
grep -qx 'onClose, close rejected: AVV_ERR_READY_TIMEOUT, preClose has ended' output
