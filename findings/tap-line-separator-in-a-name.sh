#!/bin/sh
# tap 21.8.0: the name of an assertion that holds U+2028 (LINE SEPARATOR) ends the report of its subtest.
#
# Guess: a name is free text; tap escapes what its own format cannot hold, so three passing assertions pass.
# Seen: the assertion with U+2028 in its name and all after it are missing from the report, which says
#   # test count(1) != plan(null)
# and the subtest fails, though no assertion did. The same test with a plain name passes.
# Exits with 0 while that is so, and with 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' >package.json
npm install --silent --no-audit --no-fund tap@21.8.0 >/dev/null

write() {
  cat >"$1.test.mjs" <<TEST
import t from 'tap'

t.test('three assertions that pass', async (t) => {
  t.pass('one')
  t.pass('two$2end')
  t.pass('three')
})
TEST
}
write plain ' '
write separator '\u2028'

run() {
  npx --offline tap run --reporter=tap --disable-coverage "$1.test.mjs" >"$1.out" 2>&1 && echo passes || echo fails
}
echo "tap $(node -p "require('tap/package.json').version" 2>/dev/null || echo 21.8.0), Node $(node --version)"
plain=$(run plain)
separator=$(run separator)
echo "a plain name: $plain, $(grep -c '^ *ok .* - \(one\|two.*\|three\)$' plain.out) assertions reported"
echo "a name with U+2028: $separator, $(grep -c '^ *ok .* - \(one\|two.*\|three\)$' separator.out) assertion reported"
grep 'test count' separator.out || true
[ "$plain" = passes ] && [ "$separator" = fails ] && grep -q 'test count(1) != plan(null)' separator.out
