/** The kinds of the configuration, in process: all that is wrong with them is told at once, each problem once. */
import t from 'tap'
import { loadSettings } from '../../server/config/load.ts'
import { StartError } from '../../server/process/start-error.ts'
import { kinds } from '../databases.ts'

const cluster = { kind: 'Cluster', required_adapters: [] as string[] }
const nodePool = { kind: 'NodePool', required_adapters: [] as string[] }
const to = (target_kind: string, more: object = { min: 1 }) => ({
  ref_type: target_kind.toLowerCase(),
  target_kind,
  ...more,
})
const entity = (kind: string, more: object = {}) => ({ kind, plural: `${kind.toLowerCase()}s`, ...more })
const below = (parent_kind: string) => ({ parent_kind, on_parent_delete: 'cascade' })

/** The lines that a start with these kinds is refused with, without the place that they come from. */
function problems(entities: unknown): string[] {
  const env = { HYPERFLEET_ENTITIES: JSON.stringify(entities) }
  try {
    loadSettings(kinds, { env, args: ['--config', '/dev/null'], serving: false })
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return error.message.split('; ').map((line) => line.replaceAll(/,? ?from HYPERFLEET_ENTITIES/g, ''))
  }
  return []
}

/** The first entity, beside those of the document. */
const of = (first: unknown, ...others: unknown[]) => problems([first, cluster, nodePool, ...others])

t.test('a number of references is one that the database can hold', async (t) => {
  const most = 2_147_483_647
  for (const member of ['min', 'max']) {
    t.strictSame(of(entity('One', { references: [to('Cluster', { [member]: most })] })), [])
    for (const value of [most + 1, 1e300])
      t.strictSame(of(entity('One', { references: [to('Cluster', { [member]: value })] })), [
        `entities[0].references[0].${member} of One must be a whole number from 0 to ${most} (it is ${JSON.stringify(value)})`,
      ])
  }
})

t.test('a problem of shape hides no other problem', async (t) => {
  const wrong = [
    entity('One', {
      colour: 'red',
      references: [
        { ref_type: 'Bad', target_kind: 'Nowhere', min: 3, max: 2 },
        { ref_type: 'a', target_kind: 'Cluster', min: -1, max: 1 },
        { ref_type: 'a' },
        'none',
        { ref_type: 'a', target_kind: 'Cluster', min: 3, max: 2 },
      ],
      required_adapters: ['a-b', 'B', 'a--b'],
    }),
    { ...cluster, plural: 'klusters' },
    entity('Two', { parent_kind: 'Toaster', on_parent_delete: 'cascade' }),
    entity('Three', { parent_kind: 'Cluster', name_min_len: 9, name_max_len: 8 }),
    cluster,
  ]
  t.strictSame(problems(wrong).sort(), [
    'entities[0].references[0].max of One must not be less than min, 3 (it is 2)',
    'entities[0].references[0].ref_type of One must be a name of small letters, digits and underscores that begins with a letter (it is "Bad")',
    'entities[0].references[0].target_kind of One must be one of the kinds Cluster, NodePool, One, Two, Three (it is "Nowhere")',
    'entities[0].references[1].min of One must be a whole number from 0 to 2147483647 (it is -1)',
    'entities[0].references[2] of One must have target_kind ()',
    'entities[0].references[2].ref_type of One must not be there twice (it is "a")',
    'entities[0].references[3] of One must be a mapping (it is "none")',
    'entities[0].references[4].max of One must not be less than min, 3 (it is 2)',
    'entities[0].references[4].ref_type of One must not be there twice (it is "a")',
    'entities[0].required_adapters: the adapters a-b and a--b of One both give the condition ABSuccessful (it is ["a-b","a--b"]): rename one',
    'entities[0].required_adapters[1] of One must be a name of small letters, digits and inner hyphens (it is "B")',
    'entities[1].plural of Cluster must be clusters, as in the document (it is "klusters")',
    'entities[2].parent_kind of Two must be one of the kinds Cluster, NodePool, One, Two, Three (it is "Toaster")',
    'entities[3].name_min_len of Three must not exceed name_max_len, 8 (it is 9)',
    'entities[3].on_parent_delete of Three must be restrict or cascade, since the kind has a parent ()',
    'entities[4]: the kind Cluster is there twice (it is "Cluster"): leave one out',
    'the required adapters are not set: set HYPERFLEET_NODEPOOL_ADAPTERS to a JSON array such as ["validator"] ([] for none), or required_adapters of entities[] in the configuration file',
    'the setting entities[0].colour of One is unknown (): docs/configuration.md lists the settings',
  ])
})

t.test('an entity whose kind is wrong has its other problems told, too', async (t) => {
  const references = [{ ref_type: 'a', target_kind: 'Cluster', min: 3, max: 2 }]
  t.strictSame(of({ kind: 'one', references, name_min_len: 9, name_max_len: 8 }), [
    'entities[0].kind must be a name of letters and digits that begins with a capital (it is "one")',
    'entities[0].name_min_len must not exceed name_max_len, 8 (it is 9)',
    'entities[0].references[0].max must not be less than min, 3 (it is 2)',
  ])
})

t.test('no problem is told that only comes from another one', async (t) => {
  const cases: [string, unknown[], string][] = [
    [
      'a target of another name',
      [cluster, nodePool, entity('one'), entity('Two', { references: [to('One')] })],
      'entities[2].kind must be a name of letters',
    ],
    [
      'a parent of another name',
      [cluster, nodePool, { plural: 'ones' }, entity('Two', below('One'))],
      'entities[2] must have kind',
    ],
    [
      'a target of no form',
      [cluster, nodePool, 5, entity('Two', { references: [to('One')] })],
      'entities[2] ',
    ],
    [
      'a kind of the document in other letters',
      [cluster, { ...nodePool, kind: 'nodePool' }],
      'entities[1].kind ',
    ],
    [
      'adapters of no form',
      [{ ...cluster, required_adapters: 'a' }, nodePool],
      'entities[0].required_adapters of ',
    ],
    [
      'one adapter of no form',
      [{ ...cluster, required_adapters: [1] }, nodePool],
      'entities[0].required_adapters[0] of ',
    ],
    [
      'adapters under another name',
      [{ kind: 'Cluster', required_adaptors: [] }, nodePool],
      'the setting entities[0].required_adaptors of Cluster is unknown',
    ],
    [
      'a parent of no form',
      [cluster, nodePool, entity('Two', { ...below('One'), parent_kind: 5 })],
      'entities[2].parent_kind of Two ',
    ],
    [
      'a policy of no form',
      [cluster, nodePool, entity('Two', { ...below('Cluster'), on_parent_delete: 'x' })],
      'entities[2].on_parent_delete of Two ',
    ],
    ['a plural of no form', [cluster, nodePool, { kind: 'Two', plural: 5 }], 'entities[2].plural of Two '],
    [
      'a name of no form',
      [cluster, nodePool, { kind: 'Two', plural: 'twos', 'a.b/c': 5 }],
      'the setting entities[2].a.b/c of Two ',
    ],
    ['entities of no form', [], ''],
  ]
  for (const [words, list, expected] of cases) {
    const lines = problems(list.length ? list : { Cluster: {} })
    t.equal(lines.length, 1, `${words}: ${lines.join('\n')}`)
    t.ok(lines[0]?.startsWith(expected || 'entities must be a list'), `${words}: ${lines[0]}`)
  }
})

t.test('a problem of one entity hides no problem of another', async (t) => {
  const wrong = [
    entity('Ant', below('Nope')),
    entity('Bee', { references: [to('Nowhere', { min: 0 })] }),
    entity('Cat', below('Cat')),
    entity('Dog', below('Elk')),
    entity('Elk', below('Dog')),
  ]
  const known = 'Cluster, NodePool, Ant, Bee, Cat, Dog, Elk'
  const expected = [
    `entities[0].parent_kind of Ant must be one of the kinds ${known} (it is "Nope")`,
    `entities[1].references[0].target_kind of Bee must be one of the kinds ${known} (it is "Nowhere")`,
    'entities[2].parent_kind of Cat must not be below the kind itself (it is "Cat")',
    'entities[3].parent_kind of Dog must not be below the kind itself (it is "Elk")',
    'entities[4].parent_kind of Elk must not be below the kind itself (it is "Dog")',
  ]
  const told = (other: unknown) =>
    problems([...wrong, cluster, nodePool, other]).filter((line) => !line.startsWith('entities[7]'))
  t.strictSame(
    told(entity('Fox', { plural: 5 })).map((line) => line.replace(', Fox', '')),
    expected,
  )
  for (const other of [entity('fox'), { plural: 'foxes' }, { kind: 5, plural: 'foxes' }])
    t.strictSame(told(other), expected, JSON.stringify(other))
  t.strictSame(told({ kind: 'nope' }), expected.slice(1), 'a parent of another name may be meant')
  t.strictSame(told(5), expected.slice(2), 'any name may be meant')
})

t.test('names that the document would have twice are told with all other problems', async (t) => {
  t.strictSame(
    of(
      entity('Resource', { plural: 'things' }),
      entity('Problem', { name_min_len: 9, name_max_len: 8, plural: 'problems' }),
      entity('ClusterList'),
      entity('Item'),
      entity('ItemCreateRequest', below('Nope')),
      { ...entity('Items', below('Item')), plural: 'itemses' },
      { kind: 'M', plural: 'metadata' },
    ).sort(),
    [
      'entities[0].kind of Resource must not give the document the schema Resource, which it has already (it is "Resource")',
      'entities[3].name_min_len of Problem must not exceed name_max_len, 8 (it is 9)',
      'entities[4].kind of ClusterList must not give the document the schema ClusterList, which it has already (it is "ClusterList")',
      'entities[6].kind of ItemCreateRequest must not give the document the schema ItemCreateRequest, which Item gives it (it is "ItemCreateRequest")',
      'entities[6].parent_kind of ItemCreateRequest must be one of the kinds Cluster, NodePool, Resource, Problem, ClusterList, Item, ItemCreateRequest, Items, M (it is "Nope")',
      'entities[7].kind of Items must not give the document the operation getItems, which Item gives it (it is "Items")',
      'entities[8].plural of M must not give the document the operation getMetadata, which it has already (it is "metadata")',
    ],
  )
  t.strictSame(
    of({ kind: 'One' }, { kind: 'Two' }).map((line) => line.replace(/:.*/, '')),
    ['entities[0].plural of One must be set', 'entities[3].plural of Two must be set'],
    'names without a plural are none',
  )
  t.match(of(entity('One', { plural: 'things' }), entity('Two', { plural: 'things' })), [/plural/, /plural/])
})

t.test('a kind named as a member of every object is no kind', async (t) => {
  t.match(of(entity('One', below('constructor'))), [
    /^entities\[0\]\.parent_kind of One must be one of the kinds/,
  ])
})

t.test('a required reference to a kind below the kind itself is refused', async (t) => {
  const rule = 'none of them could be created first (it is 1)'
  t.strictSame(of(entity('Rack', { references: [to('Slot')] }), entity('Slot', below('Rack'))), [
    `entities[0].references[0].min of Rack must be 0, since Rack needs Slot needs Rack: ${rule}`,
  ])
  t.strictSame(
    of(
      entity('Disk', below('Slot')),
      entity('Slot', below('Rack')),
      entity('Rack', { references: [to('Disk')] }),
    ),
    [`entities[4].references[0].min of Rack must be 0, since Rack needs Disk needs Slot needs Rack: ${rule}`],
    'a grandchild, whichever comes first',
  )
  t.strictSame(problems([{ ...cluster, references: [to('NodePool')] }, nodePool]), [
    `entities[0].references[0].min of Cluster must be 0, since Cluster needs NodePool needs Cluster: ${rule}`,
  ])
  t.strictSame(
    of(
      entity('Slot', { ...below('Rack'), references: [to('Pdu')] }),
      entity('Rack'),
      entity('Pdu', { references: [to('Slot')] }),
    ),
    [`entities[0].references[0].min of Slot must be 0, since Slot needs Pdu needs Slot: ${rule}`],
    'parents beside a circle change nothing',
  )
  t.strictSame(
    of(
      entity('Slot', { ...below('Rack'), references: [to('Rack'), to('Cluster')] }),
      entity('Rack', { references: [to('Slot', {})] }),
    ),
    [],
    'a reference to the parent, and an optional one to the child',
  )
})

t.test('kinds that need each other are told of once, at the first of them', async (t) => {
  const needs = (kind: string, ...others: string[]) =>
    entity(kind, { references: others.map((other) => to(other)) })
  const told = (...list: object[]) => of(entity('First'), ...list).map((line) => line.replace(/:.*/, ''))
  t.strictSame(told(needs('A', 'B'), needs('B', 'C'), needs('C', 'A')), [
    'entities[3].references[0].min of A must be 0, since A needs B needs C needs A',
  ])
  t.strictSame(told(needs('A', 'B'), needs('B', 'A', 'C'), needs('C', 'B')), [
    'entities[3].references[0].min of A must be 0, since A needs B needs A',
    'entities[4].references[1].min of B must be 0, since B needs C needs B',
  ])
  t.strictSame(
    told(needs('A', 'B'), needs('B', 'C'), needs('C', 'A', 'D'), needs('D', 'B')),
    [
      'entities[3].references[0].min of A must be 0, since A needs B needs C needs A',
      'entities[4].references[0].min of B must be 0, since B needs C needs D needs B',
    ],
    'a circle that shares a part with another one',
  )
  t.strictSame(told(needs('A', 'B'), needs('B', 'B')), [
    'entities[4].references[0].min of B must be 0, since B needs B',
  ])
})
