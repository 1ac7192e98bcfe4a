#!/bin/sh
# @marcbachmann/cel-js 8.0.0: two times of CEL that differ by microseconds are equal, and none is later.
#
# Guess: CEL's timestamp has nanoseconds, and the language definition compares instants; so do cel-go and cel-java. A rule
# that asks whether one RFC 3339 time is after another works for times with six digits.
# Seen: a timestamp is a Date of JavaScript: all times of one millisecond are equal, and `string(timestamp)` does not exist.
# Exits with 0 while that is so, and with 1 when it has changed. Needs Node.js 20 or newer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @marcbachmann/cel-js@8.0.0 >/dev/null

cat >times.mjs <<'PROGRAM'
import { evaluate } from '@marcbachmann/cel-js'

const [before, after] = ['2026-03-10T08:00:00.123456Z', '2026-03-10T08:00:00.123999Z']
const compare = (operator) => evaluate(`timestamp(before) ${operator} timestamp(after)`, { before, after })
const text = (() => {
  try {
    return evaluate('string(timestamp(before))', { before })
  } catch (error) {
    return error.constructor.name
  }
})()
console.log(JSON.stringify({ '==': compare('=='), '<': compare('<'), string: text }))
PROGRAM
seen=$(node times.mjs)
echo "@marcbachmann/cel-js 8.0.0, .123456Z and .123999Z: $seen"
expected='{"==":true,"<":false,"string":"EvaluationError"}'
[ "$seen" = "$expected" ] || { echo "changed: it was $expected"; exit 1; }
