/** Rules in CEL of a provider's schema (x-kubernetes-validations): their verdicts, their faults, and what a server does. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseWritten } from '../../server/lib/written-numbers.ts'
import { loadDocument } from '../../server/openapi/document.ts'
import { RULES_COST } from '../../server/validation/spec-rules/rule-evaluation.ts'
import { loadSpecSchemas } from '../../server/validation/spec-schemas/provider-schemas.ts'
import { type Answer, application } from '../application.ts'
import { launch, serving, temporaryFolder } from '../processes.ts'
import { openSession, untilWaiting } from '../sessions.ts'

type Told = [field: string, message: string]

/** A rule by its text, or with more members. */
type Rule = string | { rule: string; [member: string]: unknown }

const rules = (...given: Rule[]) => ({
  'x-kubernetes-validations': given.map((rule) => (typeof rule === 'string' ? { rule } : rule)),
})
const object = (properties: object, ...given: Rule[]) => ({ type: 'object', properties, ...rules(...given) })
const [string, integer, number, boolean] = ['string', 'integer', 'number', 'boolean'].map((type) => ({
  type,
})) as [object, object, object, object]
const list = (items: object, more: object = {}) => ({ type: 'array', items, ...more })
const map = (additionalProperties: object, more: object = {}) => ({
  type: 'object',
  additionalProperties,
  ...more,
})
const keyed = (items: object, ...keys: string[]) =>
  list(items, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys })
const failed = (rule: string) => `failed rule: ${rule}`
const ofError = (reason: string, rule: string) => `${reason}: evaluation error for rule: ${rule}`

/** The schemas that a server makes of a document. */
async function load(t: Test, ClusterSpec: object, more: object = {}, openapi = '3.0.3') {
  const file = join(await temporaryFolder(t), 'provider.json')
  writeFileSync(file, JSON.stringify({ openapi, components: { schemas: { ClusterSpec, ...more } } }))
  return {
    file,
    schema: loadSpecSchemas(loadDocument(), { openapi_schema_path: file } as never).get('Cluster'),
  }
}

/** What the rules of a schema say of a spec as JSON, and of the one that it replaces. */
async function verdict(t: Test, schema: object, spec: unknown, old?: unknown, more: object = {}) {
  const { rules } = (await load(t, schema, more)).schema ?? {}
  if (!rules) throw new Error('there are no rules')
  const read = (value: unknown) => parseWritten(typeof value === 'string' ? value : JSON.stringify(value))
  return rules.check(read(spec), old === undefined ? undefined : read(old))
}

const told = (violations: { field: string; message: string }[]): Told[] =>
  violations.map(({ field, message }) => [field, message])

interface Case {
  schema: object
  /** The new spec and the former one; a text is JSON. */
  spec: unknown
  old?: unknown
  more?: object
  told?: Told[]
}

const nodes = (rule: Rule) => object({ nodes: keyed(object({ name: string, size: integer }, rule), 'name') })
const scaled = object(
  { minReplicas: integer, replicas: integer, maxReplicas: integer },
  'self.minReplicas <= self.replicas',
)

const cases: Record<string, Case> = {
  'members are compared: they fit': { schema: scaled, spec: { minReplicas: 1, replicas: 1 } },
  'members are compared: they do not': {
    schema: scaled,
    spec: { minReplicas: 2, replicas: 1 },
    told: [['spec', failed('self.minReplicas <= self.replicas')]],
  },
  'all rules of a place are evaluated': {
    schema: object({ a: integer }, 'self.a > 1', 'self.a > 0', 'self.a < 0'),
    spec: { a: 1 },
    told: [
      ['spec', failed('self.a > 1')],
      ['spec', failed('self.a < 0')],
    ],
  },
  'a key of a map': {
    schema: object({ counts: map(integer) }, "'Available' in self.counts"),
    spec: { counts: { Available: 1 } },
  },
  'a key that is not there': {
    schema: object({ counts: map(integer) }, "'Available' in self.counts"),
    spec: { counts: {} },
    told: [['spec', failed("'Available' in self.counts")]],
  },
  'one of two lists': {
    schema: object({ a: list(string), b: list(string) }, '(self.a.size() == 0) != (self.b.size() == 0)'),
    spec: { a: ['x'], b: [] },
  },
  'both lists': {
    schema: object({ a: list(string), b: list(string) }, '(self.a.size() == 0) != (self.b.size() == 0)'),
    spec: { a: ['x'], b: ['y'] },
    told: [['spec', failed('(self.a.size() == 0) != (self.b.size() == 0)')]],
  },
  'keys of a map in a list': {
    schema: object(
      { names: list(string), details: map(string) },
      'self.names.size() == self.details.size() && self.names.all(n, n in self.details)',
    ),
    spec: { names: ['a', 'b'], details: { a: '', b: '' } },
  },
  'keys by a pattern': {
    schema: object({ details: map(string) }, "self.details.all(key, key.matches('^[a-z]+$'))"),
    spec: { details: { a: '', B: '' } },
    told: [['spec', failed("self.details.all(key, key.matches('^[a-z]+$'))")]],
  },
  'lists without a common item': {
    schema: object({ a: list(string), b: list(string) }, 'self.a.all(e, !(e in self.b))'),
    spec: { a: ['x', 'y'], b: ['y'] },
    told: [['spec', failed('self.a.all(e, !(e in self.b))')]],
  },
  'an integer has a remainder': { schema: object({ n: integer }, 'self.n % 2 == 1'), spec: { n: 3 } },
  'an integer in another form, too': {
    schema: object({ n: integer }, 'self.n % 2 == 1'),
    spec: '{"n": 3.0e0}',
  },
  'an integer of 64 bits is exact': {
    schema: object({ n: { type: 'integer', format: 'int64' } }, 'self.n == 9223372036854775807'),
    spec: '{"n": 9223372036854775807}',
  },
  'an integer of more is a double': {
    schema: object({ n: integer }, 'self.n > 0', 'self.n % 2 == 0'),
    spec: '{"n": 9223372036854775808}',
    told: [['spec', ofError('no such overload: %(double, int)', 'self.n % 2 == 0')]],
  },
  'a number is a double': {
    schema: object({ n: number }, 'type(self.n) == double', 'self.n / 2.0 == 1.5', 'self.n > 2'),
    spec: { n: 3 },
  },
  'a number without a type is an int where it is whole': {
    schema: object({ a: {} }, 'self.a.b % 2 == 0', 'self.a.c == 0.5'),
    spec: { a: { b: 4, c: 0.5 } },
  },
  'an integer or a text: an integer': {
    schema: object(
      { max: { 'x-kubernetes-int-or-string': true } },
      "type(self.max) == string ? self.max == '99%' : self.max % 6 == 0",
    ),
    spec: { max: 42 },
  },
  'an integer or a text: a text': {
    schema: object(
      { max: { 'x-kubernetes-int-or-string': true } },
      "type(self.max) == string ? self.max == '99%' : self.max == 42",
    ),
    spec: { max: '98%' },
    told: [['spec', failed("type(self.max) == string ? self.max == '99%' : self.max == 42")]],
  },
  'times and durations': {
    schema: object(
      {
        created: { ...string, format: 'date-time' },
        ttl: { ...string, format: 'duration' },
        day: { ...string, format: 'date' },
      },
      "self.created + self.ttl < timestamp('2026-03-10T10:00:00Z')",
      'self.day.getDayOfMonth() == 9',
    ),
    spec: { created: '2026-03-10T08:00:00+01:00', ttl: '2h30m', day: '2026-03-10' },
  },
  'a text that is no duration': {
    schema: object({ ttl: { ...string, format: 'duration' } }, "self.ttl > duration('1h')"),
    spec: { ttl: 'long' },
    told: [
      ['spec', ofError('no such overload: >(string, google.protobuf.Duration)', "self.ttl > duration('1h')")],
    ],
  },
  bytes: {
    schema: object({ key: { ...string, format: 'byte' } }, 'self.key.size() == 3'),
    spec: { key: 'AQID' },
  },
  'an absent member': {
    schema: object({ a: integer, b: boolean }, '!has(self.a) || self.a > 1', 'self.?b.orValue(true)'),
    spec: {},
  },
  'an absent member that is read': {
    schema: object({ a: integer }, 'self.a > 1'),
    spec: {},
    told: [['spec', ofError('no such key: a', 'self.a > 1')]],
  },
  'a division by zero': {
    schema: object({ a: integer }, '10 / self.a > 1'),
    spec: { a: 0 },
    told: [['spec', ofError('division by zero', '10 / self.a > 1')]],
  },
  'a result that is no bool': {
    schema: object({ a: {} }, 'self.a'),
    spec: { a: 'yes' },
    told: [['spec', ofError('the rule gives string, and must give a bool', 'self.a')]],
  },
  'an error beside another rule': {
    schema: object({ a: integer, b: object({ c: integer }, 'self.c > 1') }, 'self.x == 1'),
    spec: { a: 1, b: { c: 1 } },
    told: [
      ['spec', ofError('no such key: x', 'self.x == 1')],
      ['spec.b', failed('self.c > 1')],
    ],
  },
  'a null member': {
    schema: object({ a: { ...string, nullable: true, ...rules("self != 'x'", 'self.size() > 0') } }),
    spec: { a: null },
  },

  'a rule of a scalar': {
    schema: object({ region: { ...string, ...rules("self.startsWith('eu-')") } }),
    spec: { region: 'us-1' },
    told: [['spec.region', failed("self.startsWith('eu-')")]],
  },
  'a rule of a list': {
    schema: object({ a: list(integer, rules('self.exists(x, x > 5)')) }),
    spec: { a: [1, 2] },
    told: [['spec.a', failed('self.exists(x, x > 5)')]],
  },
  'a rule of items': {
    schema: object({ a: list({ ...integer, ...rules('self % 2 == 0') }) }),
    spec: { a: [2, 3, 4, 5] },
    told: [
      ['spec.a[1]', failed('self % 2 == 0')],
      ['spec.a[3]', failed('self % 2 == 0')],
    ],
  },
  'a rule of the values of a map': {
    schema: object({ pools: map(object({ size: integer }, 'self.size > 0')) }),
    spec: { pools: { a: { size: 1 }, b: { size: 0 } } },
    told: [['spec.pools.b', failed('self.size > 0')]],
  },
  'a rule of names by a pattern': {
    schema: {
      type: 'object',
      properties: {},
      additionalProperties: map({ ...integer, ...rules('self > 1') }),
    },
    spec: { x: { y: 1 } },
    told: [['spec.x.y', failed('self > 1')]],
  },
  'a rule deep within': {
    schema: object({ a: object({ b: list(map(list(object({ c: integer }, 'self.c != 13')))) }) }),
    spec: { a: { b: [{}, { k: [{ c: 1 }, { c: 13 }] }] } },
    told: [['spec.a.b[1].k[1]', failed('self.c != 13')]],
  },
  'a rule of what is referred to': {
    schema: object({
      a: { $ref: '#/components/schemas/Node' },
      b: { allOf: [{ $ref: '#/components/schemas/Node' }] },
    }),
    more: { Node: object({ next: { $ref: '#/components/schemas/Node' }, n: integer }, 'self.n > 0') },
    spec: { a: { n: 0 }, b: { n: 1, next: { n: 1, next: { n: -1 } } } },
    told: [
      ['spec.a', failed('self.n > 0')],
      ['spec.b.next.next', failed('self.n > 0')],
    ],
  },
  'rules of allOf and beside it': {
    schema: { ...object({}, 'self.a > 2'), allOf: [object({ a: integer }, 'self.a % 2 == 1')] },
    spec: { a: 2 },
    told: [
      ['spec', failed('self.a > 2')],
      ['spec', failed('self.a % 2 == 1')],
    ],
  },

  'a message': {
    schema: object({ a: integer }, { rule: 'self.a > 1', message: 'a must be more than one' }),
    spec: { a: 1 },
    told: [['spec', 'a must be more than one']],
  },
  'a message that is made': {
    schema: object(
      { max: integer, n: integer },
      {
        rule: 'self.n <= self.max',
        messageExpression: "'n exceeds ' + string(self.max)",
        message: 'too many',
      },
    ),
    spec: { max: 3, n: 4 },
    told: [['spec', 'n exceeds 3']],
  },
  'a message that cannot be made': {
    schema: object(
      { n: integer },
      { rule: 'self.n <= 3', messageExpression: "'at most ' + self.max", message: 'too many' },
    ),
    spec: { n: 4 },
    told: [['spec', 'too many']],
  },
  'a message that is made empty, without another': {
    schema: object({ n: integer }, { rule: 'self.n <= 3', messageExpression: "'  '" }),
    spec: { n: 4 },
    told: [['spec', failed('self.n <= 3')]],
  },
  'a message that is made with a line break': {
    schema: object(
      { n: integer },
      { rule: 'self.n <= 3', messageExpression: String.raw`'a\nb'`, message: 'too many' },
    ),
    spec: { n: 4 },
    told: [['spec', 'too many']],
  },
  'a message of the former value': {
    schema: object({
      n: { ...integer, ...rules({ rule: 'self >= oldSelf', messageExpression: "'was ' + string(oldSelf)" }) },
    }),
    old: { n: 5 },
    spec: { n: 4 },
    told: [['spec.n', 'was 5']],
  },
  'a path': {
    schema: object({ a: object({ b: integer }) }, { rule: 'self.a.b > 1', fieldPath: '.a.b' }),
    spec: { a: { b: 1 } },
    told: [['spec.a.b', failed('self.a.b > 1')]],
  },
  'a path with an index and a name in brackets': {
    schema: object(
      { nodes: list(object({ 'a.b': integer, "it's": integer })) },
      { rule: 'false', message: 'one', fieldPath: ".nodes[0]['a.b']" },
      { rule: 'false', message: 'two', fieldPath: String.raw`.nodes[1]['it\'s']` },
    ),
    spec: { nodes: [] },
    told: [
      ['spec.nodes[0].a.b', 'one'],
      ["spec.nodes[1].it's", 'two'],
    ],
  },
  'a path within a list': {
    schema: object({ nodes: list(object({ size: integer }, { rule: 'self.size > 0', fieldPath: '.size' })) }),
    spec: { nodes: [{ size: 1 }, { size: 0 }] },
    told: [['spec.nodes[1].size', failed('self.size > 0')]],
  },
  'an error has the path of the value': {
    schema: object({ a: object({ b: integer }) }, { rule: 'self.a.b > 1', fieldPath: '.a.b' }),
    spec: {},
    told: [['spec', ofError('no such key: a', 'self.a.b > 1')]],
  },
  'escaped names': {
    schema: object(
      { 'a-b': integer, 'c.d': integer, 'e/f': integer, g__h: integer, in: integer, namespace: integer },
      'self.a__dash__b == 1 && self.c__dot__d == 2 && self.e__slash__f == 3 && self.g__underscores__h == 4',
      'self.__in__ == 5 && self.__namespace__ == 6 && has(self.__in__) && !has(self.x__dash__y)',
    ),
    spec: { 'a-b': 1, 'c.d': 2, 'e/f': 3, g__h: 4, in: 5, namespace: 6 },
  },

  'a transition of a new spec is not looked at': {
    schema: object({ a: integer }, 'self.a >= oldSelf.a'),
    spec: { a: 1 },
  },
  'a transition that is allowed': {
    schema: object({ a: integer }, 'self.a >= oldSelf.a'),
    old: { a: 1 },
    spec: { a: 2 },
  },
  'a transition that is not': {
    schema: object({ a: integer }, 'self.a >= oldSelf.a'),
    old: { a: 2 },
    spec: { a: 1 },
    told: [['spec', failed('self.a >= oldSelf.a')]],
  },
  'an immutable member': {
    schema: object({ region: { ...string, ...rules({ rule: 'self == oldSelf', message: 'is immutable' }) } }),
    old: { region: 'a' },
    spec: { region: 'b' },
    told: [['spec.region', 'is immutable']],
  },
  'an immutable member that is added': {
    schema: object({ region: { ...string, ...rules('self == oldSelf') } }),
    old: {},
    spec: { region: 'b' },
  },
  'an immutable member that is removed': {
    schema: object({ region: { ...string, ...rules('self == oldSelf') } }),
    old: { region: 'a' },
    spec: {},
  },
  'an immutable member that cannot be removed': {
    schema: object({ region: string }, '!has(oldSelf.region) || has(self.region)'),
    old: { region: 'a' },
    spec: {},
    told: [['spec', failed('!has(oldSelf.region) || has(self.region)')]],
  },
  'a former null is none': {
    schema: object({ a: { ...string, nullable: true, ...rules('self == oldSelf') } }),
    old: { a: null },
    spec: { a: 'b' },
  },
  'null after a value': {
    schema: object({ a: { ...string, nullable: true, ...rules('self == oldSelf') } }),
    old: { a: 'b' },
    spec: { a: null },
  },
  'an integer or a text that changes its type': {
    schema: object({ port: { 'x-kubernetes-int-or-string': true, ...rules('self == oldSelf') } }),
    old: { port: 80 },
    spec: { port: '80' },
    told: [['spec.port', failed('self == oldSelf')]],
  },
  'rules of states run with transitions': {
    schema: object({ a: integer }, 'self.a < 10', 'self.a >= oldSelf.a'),
    old: { a: 20 },
    spec: { a: 15 },
    told: [
      ['spec', failed('self.a < 10')],
      ['spec', failed('self.a >= oldSelf.a')],
    ],
  },
  'an optional former value of a new spec': {
    schema: object({
      a: { ...integer, ...rules({ rule: 'oldSelf.hasValue() || self == 1', optionalOldSelf: true }) },
    }),
    spec: { a: 2 },
    told: [['spec.a', failed('oldSelf.hasValue() || self == 1')]],
  },
  'an optional former value of a member that is added': {
    schema: object({
      a: { ...integer, ...rules({ rule: 'oldSelf.hasValue() || self == 1', optionalOldSelf: true }) },
    }),
    old: {},
    spec: { a: 2 },
    told: [['spec.a', failed('oldSelf.hasValue() || self == 1')]],
  },
  'an optional former value that is there': {
    schema: object({
      a: {
        ...integer,
        ...rules({
          rule: 'self >= oldSelf.orValue(0)',
          optionalOldSelf: true,
          messageExpression: "'was ' + string(oldSelf.value())",
        }),
      },
    }),
    old: { a: 3 },
    spec: { a: 2 },
    told: [['spec.a', 'was 3']],
  },
  'values of a map correspond by key': {
    schema: object({ pools: map(object({ size: integer }, 'self.size >= oldSelf.size')) }),
    old: { pools: { a: { size: 3 }, b: { size: 3 } } },
    spec: { pools: { a: { size: 2 }, b: { size: 4 }, c: { size: 0 } } },
    told: [['spec.pools.a', failed('self.size >= oldSelf.size')]],
  },
  'items of a list correspond by their keys': {
    schema: nodes('self.size >= oldSelf.size'),
    old: {
      nodes: [
        { name: 'a', size: 3 },
        { name: 'b', size: 1 },
      ],
    },
    spec: {
      nodes: [
        { name: 'c', size: 0 },
        { name: 'b', size: 2 },
        { name: 'a', size: 2 },
      ],
    },
    told: [['spec.nodes[2]', failed('self.size >= oldSelf.size')]],
  },
  'items of a list correspond by several keys': {
    schema: object({
      ports: keyed(
        object({ port: integer, protocol: string, name: string }, 'self.name == oldSelf.name'),
        'port',
        'protocol',
      ),
    }),
    old: {
      ports: [
        { port: 53, protocol: 'TCP', name: 'a' },
        { port: 53, protocol: 'UDP', name: 'b' },
      ],
    },
    spec: {
      ports: [
        { port: 53, protocol: 'UDP', name: 'c' },
        { port: 53, protocol: 'TCP', name: 'a' },
      ],
    },
    told: [['spec.ports[0]', failed('self.name == oldSelf.name')]],
  },
  'members of items that correspond': {
    schema: object({
      nodes: keyed(object({ name: string, zone: { ...string, ...rules('self == oldSelf') } }), 'name'),
    }),
    old: { nodes: [{ name: 'a', zone: '1' }] },
    spec: {
      nodes: [
        { name: 'b', zone: '2' },
        { name: 'a', zone: '3' },
      ],
    },
    told: [['spec.nodes[1].zone', failed('self == oldSelf')]],
  },
  'a list as a whole': {
    schema: object({ a: list(integer, rules('oldSelf.all(x, x in self)')) }),
    old: { a: [1, 2] },
    spec: { a: [2, 3] },
    told: [['spec.a', failed('oldSelf.all(x, x in self)')]],
  },
  'the order of a set does not count': {
    schema: object({
      zones: list(string, {
        'x-kubernetes-list-type': 'set',
        ...rules('self == oldSelf', "self == ['c', 'a', 'b']", "self + ['d', 'a'] == ['d', 'c', 'b', 'a']"),
      }),
    }),
    old: { zones: ['a', 'b', 'c'] },
    spec: { zones: ['c', 'b', 'a'] },
  },
  'the items of a set do': {
    schema: object({
      zones: list(string, {
        'x-kubernetes-list-type': 'set',
        ...rules('self == oldSelf', '[[1], self] == [[1], oldSelf]'),
      }),
    }),
    old: { zones: ['a', 'b'] },
    spec: { zones: ['c', 'b'] },
    told: [
      ['spec.zones', failed('self == oldSelf')],
      ['spec.zones', failed('[[1], self] == [[1], oldSelf]')],
    ],
  },
  'the order of a list with keys does not count': {
    schema: object({
      nodes: {
        ...keyed(object({ name: string, size: integer }), 'name'),
        ...rules('self == oldSelf', "(oldSelf + [{'name': 'a', 'size': 9}])[0].size == 9"),
      },
    }),
    old: {
      nodes: [
        { name: 'a', size: 1 },
        { name: 'b', size: 2 },
      ],
    },
    spec: {
      nodes: [
        { name: 'b', size: 2 },
        { size: 1, name: 'a' },
      ],
    },
  },
  'the items of a list with keys do': {
    schema: object({
      nodes: { ...keyed(object({ name: string, size: integer }), 'name'), ...rules('self == oldSelf') },
    }),
    old: { nodes: [{ name: 'a', size: 1 }] },
    spec: { nodes: [{ name: 'a', size: 2 }] },
    told: [['spec.nodes', failed('self == oldSelf')]],
  },
  'the order of another list counts': {
    schema: object({ zones: list(string, rules('self == oldSelf')) }),
    old: { zones: ['a', 'b'] },
    spec: { zones: ['b', 'a'] },
    told: [['spec.zones', failed('self == oldSelf')]],
  },
  'a former value of another type': {
    schema: object({ a: object({ b: { ...integer, ...rules('self >= oldSelf') } }) }),
    old: { a: [5] },
    spec: { a: { b: 1 } },
  },
  'what costs too much': {
    schema: object(
      { a: list(integer), b: { ...integer, ...rules('self > 5') } },
      'self.a.all(x, self.a.all(y, self.a.all(z, x + y + z > 0)))',
    ),
    spec: { a: Array(200).fill(1), b: 1 },
    told: [
      ['spec', ofError('cost limit exceeded', 'self.a.all(x, self.a.all(y, self.a.all(z, x + y + z > 0)))')],
    ],
  },
  'what all rules together cost': {
    schema: object({
      a: list({ ...integer, ...rules('self > 0') }),
      b: { ...integer, ...rules('self > 5') },
    }),
    spec: { a: Array(200_000).fill(1), b: 1 },
    told: [[`spec.a[${Math.floor(RULES_COST / 7)}]`, ofError('cost limit exceeded', 'self > 0')]],
  },
  'each pair of fifty items': {
    schema: object({ a: list(object({ n: integer }), rules('self.all(x, self.exists_one(y, x.n == y.n))')) }),
    spec: { a: Array.from({ length: 50 }, (_, n) => ({ n })) },
  },
  'equal violations are told once': {
    schema: object(
      { a: integer },
      { rule: 'self.a > 1', message: 'x' },
      { rule: 'self.a > 2', message: 'x' },
    ),
    spec: { a: 1 },
    told: [['spec', 'x']],
  },
}

t.test('the verdicts of rules', async (t) => {
  for (const [what, { schema, spec, old, more, told: expected = [] }] of Object.entries(cases))
    t.strictSame(told(await verdict(t, schema, spec, old, more)), expected, what)
})

t.test('a reason is told where the document has a word for it', async (t) => {
  const words = {
    FieldValueInvalid: undefined,
    FieldValueForbidden: undefined,
    FieldValueRequired: 'required',
    FieldValueDuplicate: 'uniqueItems',
  }
  for (const [reason, constraint] of Object.entries(words)) {
    const [violation] = await verdict(t, object({}, { rule: 'false', reason }), {})
    t.equal(violation?.constraint, constraint, reason)
    t.notOk('value' in (violation ?? {}))
  }
})

t.test('at most a hundred violations are told', async (t) => {
  const schema = object({ a: list({ ...integer, ...rules('self > 0') }) })
  t.equal((await verdict(t, schema, { a: Array(1000).fill(0) })).length, 100)
})

t.test('a rule that cannot be evaluated stops the start, and says where and why', async (t) => {
  const ref = { $ref: '#/components/schemas/A' }
  const A = object({ n: integer }, 'self.n > 0')
  const faults: [what: string, schema: object, expected: string, more?: object, openapi?: string][] = [
    ['no list', { 'x-kubernetes-validations': {} }, '/x-kubernetes-validations is not a list'],
    ['no mapping', { 'x-kubernetes-validations': ['true'] }, '/x-kubernetes-validations/0 is not a mapping'],
    [
      'no rule',
      { 'x-kubernetes-validations': [{ message: 'a' }] },
      '/x-kubernetes-validations/0 has no rule',
    ],
    ['an empty rule', rules(' '), '/x-kubernetes-validations/0/rule must be a text, and not empty'],
    [
      'an unknown member',
      rules({ rule: 'true', mesage: 'a' }),
      '/x-kubernetes-validations/0/mesage is unknown; a rule has rule, message,',
    ],
    [
      'a wrong syntax',
      object({ a: object({}, 'true', 'self.a >') }),
      '/properties/a/x-kubernetes-validations/1/rule "self.a >": line 1, column 9: unexpected the end',
    ],
    [
      'an unknown variable',
      rules('self.a == other'),
      'rule "self.a == other": line 1, column 11: unknown variable other, there are self, oldSelf',
    ],
    ['wrong types', rules("1 + 'a' == 2"), 'no such overload: +(int, string)'],
    ['no bool', rules('size(self)'), 'rule "size(self)": it must give a bool, and gives int'],
    [
      'a function of Kubernetes',
      rules("quantity(self.a).isGreaterThan(quantity('1Gi'))"),
      'unknown function isGreaterThan',
    ],
    ['a function of conditions', rules("toJson(self) != ''"), 'unknown function toJson'],
    ['another one', rules('self.a.isSorted()'), 'unknown function isSorted'],
    ['and another one', rules("self.a.find('[0-9]+') == '1'"), 'unknown function find'],
    [
      'a rule of lines without a message',
      rules('true &&\ntrue'),
      'has a rule of several lines, and needs a message',
    ],
    ['a message of lines', rules({ rule: 'true', message: 'a\nb' }), '/message has a line break'],
    [
      'a wrong expression of a message',
      rules({ rule: 'true', messageExpression: 'self.' }),
      '/messageExpression "self.": line 1, column 6',
    ],
    [
      'no text as a message',
      rules({ rule: 'true', messageExpression: '1' }),
      'it must give a string, and gives int',
    ],
    [
      'oldSelf in a message alone',
      rules({ rule: 'true', messageExpression: 'string(oldSelf)' }),
      '/messageExpression "string(oldSelf)": line 1, column 8: unknown variable oldSelf, there are self',
    ],
    [
      'an unknown reason',
      rules({ rule: 'true', reason: 'Invalid' }),
      '/reason is "Invalid", and must be one of FieldValueInvalid, FieldValueForbidden,',
    ],
    [
      'a path that is none',
      rules({ rule: 'true', fieldPath: 'a' }),
      '/fieldPath is "a", and must be a path such as .a.b',
    ],
    [
      'a path to nothing',
      object({ a: object({ b: string }) }, { rule: 'true', fieldPath: '.a.c' }),
      '/fieldPath is .a.c, and its schema has no such field',
    ],
    [
      'optionalOldSelf without oldSelf',
      rules({ rule: 'true', optionalOldSelf: true }),
      '/optionalOldSelf has no effect',
    ],
    [
      'an optional as it is',
      rules({ rule: 'oldSelf > 1', optionalOldSelf: true }),
      'no such overload: >(optional_type(dyn), int)',
    ],
    [
      'optionalOldSelf of another type',
      rules({ rule: 'true', optionalOldSelf: 'no' }),
      '/optionalOldSelf must be true or false',
    ],
    [
      'a transition of items',
      object({ a: list(object({ b: { ...integer, ...rules('self >= oldSelf') } })) }),
      '/properties/a/items/properties/b/x-kubernetes-validations/0/rule "self >= oldSelf": oldSelf cannot be used within /properties/a, whose items do not correspond',
    ],
    [
      'a transition of items of a set',
      object({ a: list({ ...integer, ...rules('self >= oldSelf') }, { 'x-kubernetes-list-type': 'set' }) }),
      'oldSelf cannot be used within /properties/a',
    ],
    [
      'a transition of items of what is referred to',
      object({ a: ref, b: list(ref) }),
      '#/components/schemas/A/x-kubernetes-validations/0/rule "self.n >= oldSelf.n": oldSelf cannot be used within /properties/b',
      { A: object({ n: integer }, 'self.n >= oldSelf.n') },
    ],
    [
      'a rule of an alternative',
      object({ a: { oneOf: [object({ b: integer }, 'self.b > 1'), string] } }),
      '/properties/a/oneOf/0/x-kubernetes-validations is within /properties/a/oneOf, where rules are not evaluated',
    ],
    [
      'a rule within an alternative',
      object({ a: { not: object({ b: ref }) } }),
      '#/components/schemas/A/x-kubernetes-validations is within /properties/a/not',
      { A },
    ],
    [
      'a rule beside a reference',
      object({ a: { ...ref, ...rules('true') } }),
      'properties/a has x-kubernetes-validations beside a $ref, where OpenAPI 3.0 ignores it: put both into allOf',
      { A },
    ],
    [
      'a rule of names',
      { propertyNames: { ...string, ...rules("self != 'a'") } },
      '/propertyNames/x-kubernetes-validations is within /propertyNames',
      {},
      '3.1.0',
    ],
  ]
  for (const [what, schema, expected, more, openapi] of faults) {
    const message = await load(t, schema, more, openapi).then(
      () => 'it starts',
      (error: Error) => error.message,
    )
    t.ok(message.includes(expected), `${what}: ${message}`)
    t.match(message, /^the provider's document .*provider\.json cannot be used: ClusterSpec: |beside a \$ref/)
    t.notMatch(message, /\n/, what)
  }
  const beside = { ...ref, ...rules('self.n > 1') }
  const { schema } = await load(t, object({ a: beside }), { A }, '3.1.0')
  t.strictSame(told(schema?.rules?.check({ a: { n: 0 } }) ?? []), [
    ['spec.a', failed('self.n > 1')],
    ['spec.a', failed('self.n > 0')],
  ])
  const { schema: plain } = await load(t, object({ a: integer }))
  t.equal(plain?.rules, undefined, 'a schema without rules has none')
})

const merge = { 'content-type': 'application/merge-patch+json' }
const provided = (file: string) => ({ HYPERFLEET_SERVER_OPENAPI_SCHEMA_PATH: file })
/** In the order of their fields: members of a stored spec have one of their own. */
const toldIn = ({ body }: Answer): Told[] => told(body.errors ?? []).sort()

const immutable = { ...string, ...rules({ rule: 'self == oldSelf', message: 'is immutable' }) }
const ClusterSpec = object(
  {
    region: immutable,
    replicas: integer,
    max: integer,
    nodes: keyed(
      object(
        { name: string, size: integer },
        { rule: 'self.size >= oldSelf.size', fieldPath: '.size', message: 'must not shrink' },
      ),
      'name',
    ),
  },
  {
    rule: '!has(self.max) || self.replicas <= self.max',
    messageExpression: "'replicas exceed ' + string(self.max)",
    fieldPath: '.replicas',
  },
)
const NodePoolSpec = object({
  replicas: {
    ...integer,
    ...rules({ rule: 'self % 2 == 1', reason: 'FieldValueDuplicate', message: 'must be odd' }),
  },
})

let names = 0
const cluster = (spec: object) => ({ kind: 'Cluster', name: `c-${names++}`, spec })
const nodePool = (spec: object) => ({ kind: 'NodePool', name: `n-${names++}`, spec })

t.test('a server with rules', async (t) => {
  const { file } = await load(t, ClusterSpec, { NodePoolSpec })
  const server = await application(t, provided(file))
  const { call, database, url } = server
  const fresh = async (spec: object) => (await call('POST', 'clusters', cluster(spec))).body
  const specOf = async ({ href }: { href: string }) => (await call('GET', href)).body.spec
  const good = { region: 'a', replicas: 1, nodes: [{ name: 'x', size: 3 }] }

  /** The statements of a call. */
  const statements = async (run: () => Promise<Answer>) => {
    const { observe } = database
    const asked: string[] = []
    database.observe = (query, ...more) => {
      asked.push(query)
      observe(query, ...more)
    }
    const answer = await run()
    database.observe = observe
    return { asked, answer }
  }

  await t.test('refuses a create that breaks them', async (t) => {
    const answer = await call('POST', 'clusters', cluster({ ...good, replicas: 4, max: 3 }))
    t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-000' } })
    t.strictSame(answer.body.errors, [{ field: 'spec.replicas', message: 'replicas exceed 3' }])
    t.equal((await call('POST', 'clusters', cluster(good))).status, 201, 'transitions of nothing are none')
    const parent = await fresh(good)
    const pool = await call('POST', `clusters/${parent.id}/nodepools`, nodePool({ replicas: 2 }))
    t.strictSame(pool.body.errors, [{ field: 'spec.replicas', message: 'must be odd', constraint: 'unique' }])
    const any = await call('POST', 'resources', cluster({ replicas: 4, max: 3 }))
    t.strictSame(toldIn(any), [['spec.replicas', 'replicas exceed 3']], 'by the path of any kind, too')
    const dry = await call('POST', 'clusters?dry_run=true', cluster({ replicas: 4, max: 3 }))
    t.match(dry, { status: 400, headers: { 'hyperfleet-dry-run': 'true' } })
  })

  await t.test('tells only what the schema says where that is broken, too', async (t) => {
    const answer = await call('POST', 'clusters', cluster({ ...good, replicas: 4, max: 'three' }))
    t.strictSame(toldIn(answer), [['spec.max', 'must be integer']])
  })

  await t.test('tells an expression that fails, and is no 500', async (t) => {
    const answer = await call('POST', 'clusters', cluster({ max: 3 }))
    t.equal(answer.status, 400)
    t.strictSame(toldIn(answer), [
      ['spec', ofError('no such key: replicas', '!has(self.max) || self.replicas <= self.max')],
    ])
  })

  for (const [what, headers] of [
    ['a patch', {}],
    ['a merge patch', merge],
  ] as const)
    await t.test(`checks ${what} against the stored spec`, async (t) => {
      const made = await fresh(good)
      const wrong = {
        region: 'b',
        replicas: 9,
        max: 5,
        nodes: [
          { name: 'y', size: 0 },
          { name: 'x', size: 2 },
        ],
      }
      for (const path of [made.href, `resources/${made.id}`]) {
        const answer = await call('PATCH', path, { spec: wrong }, headers)
        t.match(answer, { status: 400, body: { code: 'HYPERFLEET-VAL-000' } })
        t.strictSame(toldIn(answer), [
          ['spec.nodes[1].size', 'must not shrink'],
          ['spec.region', 'is immutable'],
          ['spec.replicas', 'replicas exceed 5'],
        ])
      }
      const dry = await call('PATCH', `${made.href}?dry_run=true`, { spec: wrong }, headers)
      t.match(dry, { status: 400, headers: { 'hyperfleet-dry-run': 'true' } })
      t.strictSame(await specOf(made), good)
      const right = {
        ...good,
        nodes: [
          { name: 'y', size: 0 },
          { name: 'x', size: 4 },
        ],
      }
      const dryRight = await call('PATCH', `${made.href}?dry_run=true`, { spec: right }, headers)
      t.match(dryRight, { status: 200, body: { generation: 2, spec: right } })
      t.match(await call('PATCH', made.href, { spec: right }, headers), {
        status: 200,
        body: { generation: 2 },
      })
      t.strictSame(await specOf(made), right)
    })

  await t.test('refuses a patch for other reasons first', async (t) => {
    const made = await fresh(good)
    const patch = { spec: { region: 'b' } }
    t.equal((await call('PATCH', made.href, { ...patch, generation: 9 })).status, 409)
    t.equal((await call('PATCH', made.href, patch, { 'if-match': '"9"' })).status, 412)
    t.equal((await call('PATCH', 'clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11', patch)).status, 404)
    t.equal((await call('PATCH', made.href, { ...patch, labels: { a: 'b' }, references: null })).status, 400)
  })

  await t.test('reads the stored spec only where rules compare with it', async (t) => {
    const made = await fresh(good)
    const { body: pool } = await call('POST', `clusters/${made.id}/nodepools`, nodePool({ replicas: 1 }))
    const counts: [run: () => Promise<Answer>, asked: string[]][] = [
      [() => call('POST', 'clusters', cluster(good)), ['create_resource']],
      [() => call('PATCH', made.href, { spec: good }), ['get_patched_spec', 'patch_resource']],
      [() => call('PATCH', made.href, { spec: { max: 5 } }, merge), ['get_patched_spec', 'patch_resource']],
      [() => call('PATCH', made.href, { labels: { a: 'b' } }), ['patch_resource']],
      [() => call('PATCH', made.href, { spec: null, labels: {} }), ['patch_resource']],
      [() => call('PATCH', made.href, { labels: { a: 'b' } }, merge), ['patch_resource']],
      [() => call('PATCH', pool.href, { spec: { replicas: 3 } }), ['patch_resource']],
      [
        () => call('PATCH', pool.href, { spec: { replicas: 5 } }, merge),
        ['get_patched_spec', 'patch_resource'],
      ],
    ]
    for (const [run, expected] of counts) {
      const { asked, answer } = await statements(run)
      t.strictSame(asked, expected)
      t.ok(answer.status < 300, answer.text)
    }
    t.strictSame(toldIn(await call('PATCH', pool.href, { spec: { replicas: 2 } })), [
      ['spec.replicas', 'must be odd'],
    ])
    t.strictSame(toldIn(await call('PATCH', pool.href, { spec: { replicas: 2 } }, merge)), [
      ['spec.replicas', 'must be odd'],
    ])
  })

  const changeInSql = `select patch_resource('Cluster', null, $1, $2::jsonb, false, 'test', null, 1048576, '{}')`
  /** Begins a patch that has read the resource and waits to change it, while a session changes it first. */
  const overtaken = async (
    t: Test,
    made: { id: string; href: string },
    spec: object,
    run: () => Promise<Answer>,
  ) => {
    const session = await openSession(t, url)
    await session.query('begin')
    await session.query('select from resources where id = $1 for no key update', [made.id])
    const running = statements(run)
    await untilWaiting(session, 1)
    await session.query(changeInSql, [made.id, JSON.stringify({ spec })])
    await session.query('commit')
    return running
  }

  const forms = [
    ['a patch', {}],
    ['a merge patch', merge],
  ] as const

  await t.test('compares a patch with the spec that it replaces, whatever comes in between', async (t) => {
    for (const [what, headers] of forms) {
      const made = await fresh({ ...good, region: undefined })
      const patch = { spec: { ...good, nodes: [{ name: 'x', size: 5 }] } }
      const between = { ...good, region: 'b', nodes: [{ name: 'x', size: 7 }] }
      const { answer, asked } = await overtaken(t, made, between, () =>
        call('PATCH', made.href, patch, headers),
      )
      t.equal(answer.status, 400, what)
      t.strictSame(toldIn(answer), [
        ['spec.nodes[0].size', 'must not shrink'],
        ['spec.region', 'is immutable'],
      ])
      t.strictSame(asked, ['get_patched_spec', 'patch_resource', 'get_patched_spec'])
      t.strictSame(await specOf(made), between)
    }
  })

  await t.test('writes a patch after what came in between where the rules hold', async (t) => {
    for (const [what, headers] of forms) {
      const made = await fresh(good)
      const patch = { spec: { ...good, nodes: [{ name: 'x', size: 5 }] } }
      const between = { ...good, nodes: [{ name: 'x', size: 4 }] }
      const { answer } = await overtaken(t, made, between, () => call('PATCH', made.href, patch, headers))
      t.match(answer, { status: 200, body: { generation: 3 } }, what)
      const named = await overtaken(t, made, { ...good, nodes: [{ name: 'x', size: 6 }] }, () =>
        call('PATCH', made.href, { spec: { nodes: [{ name: 'x', size: 9 }] }, generation: 3 }, headers),
      )
      t.match(named.answer, { status: 409, body: { code: 'HYPERFLEET-CNF-002' } })
    }
  })

  await t.test('shows them in the schema', async (t) => {
    const { body } = await call('GET', 'schemas/Cluster')
    t.strictSame(body['x-kubernetes-validations'], ClusterSpec['x-kubernetes-validations'])
    t.strictSame(body.properties.region, immutable)
  })

  await t.test('checks the next spec of what is there already, such as seeded resources', async (t) => {
    const run = launch(t, 'seed', ['--clusters', '2', '--database-url', url], serving(url))
    t.equal(await run.ended, 0, run.output.stderr)
    const { body } = await call(
      'GET',
      `clusters?search=${encodeURIComponent("created_by = 'seed@hyperfleet.local'")}`,
    )
    t.equal(body.items.length, 2)
    for (const { href, spec } of body.items) {
      t.equal((await call('PATCH', href, { labels: { a: 'b' } })).status, 200)
      t.strictSame(toldIn(await call('PATCH', href, { spec: { region: 'x' } }, merge)), [
        ['spec.region', 'is immutable'],
      ])
      t.strictSame(toldIn(await call('PATCH', href, { spec: { ...spec, replicas: 9, max: 8 } })), [
        ['spec.replicas', 'replicas exceed 8'],
      ])
      t.equal((await call('PATCH', href, { spec: { ...spec, replicas: 8 } })).status, 200)
    }
  })
})

t.test('comparing and measuring what is large costs in proportion to it', async (t) => {
  const large = {
    list: Array.from({ length: 1000 }, (_, n) => n),
    set: Array.from({ length: 1000 }, (_, n) => `${n}`),
    map: Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, n])),
    texts: ['x'.repeat(500_000)],
    text: '\u{1f600}'.repeat(10_000),
  }
  const set = list(string, { 'x-kubernetes-list-type': 'set' })
  const compared = ['list', 'set', 'map', 'texts'].map((name) => `self.${name} == oldSelf.${name}`)
  for (const part of [...compared, 'self.map.size() > 3', 'self.text.size() > 3']) {
    const rule = `self.passes.all(x, ${part})`
    const spec = (passes: number) => ({ ...large, passes: Array(passes).fill(0) })
    const schema = object({ passes: list(integer), set }, rule)
    t.strictSame(told(await verdict(t, schema, spec(10), spec(10))), [], part)
    t.strictSame(told(await verdict(t, schema, spec(10_000), spec(1))), [
      ['spec', ofError('cost limit exceeded', rule)],
    ])
  }
})
