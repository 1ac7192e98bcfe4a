// Evaluates the cases of test/data/cel.json by cel-go, as the Go implementation of the API does: optional types, a cost
// limit of 10,000, and the functions toJson and dig; all variables are dynamic.
//
// Usage: go run . FILE. Prints a JSON array with an entry for each case, in their order: {"result": …}, or {"error":
// "compile" | "evaluation", "message": …}, and "cost". Values that JSON has no form for are written as objects of one
// member, which test/cel/values.ts describes.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

const costLimit = 10000

type file struct {
	Data  map[string]map[string]any `json:"data"`
	Cases []struct {
		Expression string         `json:"expression"`
		Data       string         `json:"data"`
		Variables  map[string]any `json:"variables"`
	} `json:"cases"`
}

type answer struct {
	Result  any    `json:"result"`
	Error   string `json:"error,omitempty"`
	Message string `json:"message,omitempty"`
	Cost    uint64 `json:"cost"`
}

func main() {
	content, err := os.ReadFile(os.Args[1])
	exitOn(err)
	var read file
	exitOn(json.Unmarshal(content, &read))
	answers := []answer{}
	for _, each := range read.Cases {
		variables := each.Variables
		if each.Data != "" {
			variables = read.Data[each.Data]
		}
		answers = append(answers, answerTo(each.Expression, variables))
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	exitOn(encoder.Encode(answers))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answerTo(expression string, variables map[string]any) answer {
	options := []cel.EnvOption{
		cel.OptionalTypes(),
		cel.Function("toJson", cel.Overload("toJson_dyn", []*cel.Type{cel.DynType}, cel.StringType,
			cel.UnaryBinding(toJson))),
		cel.Function("dig", cel.Overload("dig_dyn_string", []*cel.Type{cel.DynType, cel.StringType}, cel.DynType,
			cel.BinaryBinding(dig))),
	}
	for name := range variables {
		options = append(options, cel.Variable(name, cel.DynType))
	}
	env, err := cel.NewEnv(options...)
	exitOn(err)
	tree, issues := env.Compile(expression)
	if issues.Err() != nil {
		return answer{Error: "compile", Message: issues.Err().Error()}
	}
	program, err := env.Program(tree, cel.CostLimit(costLimit))
	if err != nil {
		return answer{Error: "compile", Message: err.Error()}
	}
	value, details, err := program.Eval(variables)
	cost := uint64(0)
	if details != nil && details.ActualCost() != nil {
		cost = *details.ActualCost()
	}
	if err != nil {
		return answer{Error: "evaluation", Message: err.Error(), Cost: cost}
	}
	return answer{Result: written(value), Cost: cost}
}

// The text of a value as JSON. Values that cel-go made itself are written by their Go structure, and null as 0.
func toJson(value ref.Val) ref.Val {
	text, err := json.Marshal(value.Value())
	if err != nil {
		return types.WrapErr(err)
	}
	if len(text) > 1<<20 {
		return types.NewErr("toJson: more than 1 MiB")
	}
	return types.String(text)
}

// The member of a value that a path names, or null. Only values of the data are looked into.
func dig(value, path ref.Val) ref.Val {
	found := value.Value()
	trimmed := strings.TrimSpace(string(path.(types.String)))
	if trimmed == "" {
		return value
	}
	for _, part := range strings.Split(trimmed, ".") {
		key := strings.TrimSpace(part)
		if key == "" {
			continue
		}
		if object, ok := found.(map[string]any); ok {
			if found, ok = object[key]; !ok {
				return types.NullValue
			}
		} else if list, ok := found.([]any); ok {
			index, err := strconv.Atoi(key)
			if err != nil || index < 0 || index >= len(list) {
				return types.NullValue
			}
			found = list[index]
		} else {
			return types.NullValue
		}
	}
	return types.DefaultTypeAdapter.NativeToValue(found)
}

func written(value ref.Val) any {
	switch of := value.(type) {
	case types.Null:
		return nil
	case types.Bool:
		return bool(of)
	case types.String:
		return string(of)
	case types.Int:
		return map[string]any{"int": strconv.FormatInt(int64(of), 10)}
	case types.Uint:
		return map[string]any{"uint": strconv.FormatUint(uint64(of), 10)}
	case types.Double:
		return map[string]any{"double": double(float64(of))}
	case types.Bytes:
		return map[string]any{"bytes": hex.EncodeToString(of)}
	case types.Timestamp:
		return map[string]any{"timestamp": of.UTC().Format(time.RFC3339Nano)}
	case types.Duration:
		return map[string]any{"duration": strconv.FormatInt(int64(of.Duration), 10)}
	case *types.Optional:
		if !of.HasValue() {
			return map[string]any{"optional": []any{}}
		}
		return map[string]any{"optional": []any{written(of.GetValue())}}
	case ref.Type:
		return map[string]any{"type": of.TypeName()}
	case traits.Lister:
		list := []any{}
		for each := of.Iterator(); each.HasNext() == types.True; {
			list = append(list, written(each.Next()))
		}
		return list
	case traits.Mapper:
		entries := [][2]any{}
		for each := of.Iterator(); each.HasNext() == types.True; {
			key := each.Next()
			entries = append(entries, [2]any{written(key), written(of.Get(key))})
		}
		sort.Slice(entries, func(one, other int) bool { return text(entries[one][0]) < text(entries[other][0]) })
		return map[string]any{"map": entries}
	}
	panic(fmt.Sprintf("no form for %T", value))
}

func double(value float64) any {
	if math.IsNaN(value) || math.IsInf(value, 0) || (value == 0 && math.Signbit(value)) {
		return strconv.FormatFloat(value, 'g', -1, 64)
	}
	return value
}

func text(value any) string {
	made, err := json.Marshal(value)
	exitOn(err)
	return string(made)
}
