#!/bin/sh
# cel-go 0.31.0: an optional entry of a map must not be the variable of a macro over an empty literal; the same in `dyn()` may be.
#
# Guess: an optional entry (`{?'a': value}`) takes values whose type is not known when it is compiled, as `{?'a': dyn(1)}` shows. The
# variable of a macro over `[]` has no known type either, and is joined with dyn by the conditional: it is taken, too.
# Seen: the name is refused when the expression is compiled; `dyn(name)` is taken. The check of optional entries looks at the type that
# the name has before inference, which is a type variable and not dyn. An implementation that infers first takes more expressions.
# Exits with 0 while that is so, and with 1 when it has changed. Needs Go 1.26 or newer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MODULE'
module finding

go 1.26.0

require github.com/google/cel-go v0.31.0
MODULE
cat >main.go <<'PROGRAM'
package main

import (
	"fmt"

	"github.com/google/cel-go/cel"
)

func main() {
	env, err := cel.NewEnv(cel.OptionalTypes())
	if err != nil {
		panic(err)
	}
	for _, text := range []string{
		"{?'a': dyn(1)}",
		"[].map(y, dyn(true) ? dyn(1) : y)",
		"[].map(y, (dyn(true) ? dyn(1) : y) == 1, {?'a': y})",
		"[].map(y, (dyn(true) ? dyn(1) : y) == 1, {?'a': dyn(y)})",
	} {
		_, issues := env.Compile(text)
		word := "taken"
		if issues.Err() != nil {
			word = "refused"
		}
		fmt.Println(word, text)
	}
}
PROGRAM
go mod tidy >/dev/null 2>&1
seen=$(go run . | cut -d' ' -f1 | tr '\n' ' ')
go run .
expected='taken taken refused taken '
[ "$seen" = "$expected" ] || { echo "changed: it was $expected"; exit 1; }
