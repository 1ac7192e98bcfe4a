import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import type { Test } from 'tap'
import { stringify } from 'yaml'
import { temporaryFolder } from './processes.ts'
import type { Metric } from './prometheus.ts'

/** One selector of an expression: the metric, and what is asked of its labels. */
interface Selector {
  name: string
  matchers: { label: string; operator: string; value: string }[]
}

/** What Prometheus puts on each sample of a target. */
export const targetLabels = ['job', 'namespace', 'instance']

const strict = parser.configure({ strict: true })

/**
 * The selectors of an expression, and the labels that it groups by or matches on. Variables of Grafana may stand in strings
 * and for durations. Throws a SyntaxError for text that is not PromQL, and for names in quotes.
 */
export function readExpression(text: string): { selectors: Selector[]; groups: string[] } {
  const query = text.replaceAll('$__rate_interval', '2m')
  const textOf = (node: SyntaxNode | null) => (node ? query.slice(node.from, node.to) : '')
  const selectors: Selector[] = []
  const groups: string[] = []
  strict.parse(query).iterate({
    enter({ name, node }) {
      if (name === 'GroupingLabels') groups.push(...node.getChildren('LabelName').map(textOf))
      if (name.startsWith('Quoted'))
        throw new SyntaxError(`${textOf(node)}: a name in quotes is not read here`)
      if (name !== 'VectorSelector') return
      const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []
      selectors.push({
        name: textOf(node.getChild('Identifier')),
        matchers: matchers.map((matcher) => ({
          label: textOf(matcher.getChild('LabelName')),
          operator: textOf(matcher.getChild('MatchOp')),
          value: textOf(matcher.getChild('StringLiteral')).slice(1, -1),
        })),
      })
    },
  })
  return { selectors, groups }
}

/** Tests that what an expression names is what a server shows: metrics, labels, and values that must be there to the letter. */
export function checkNames(t: Test, text: string, metrics: Map<string, Metric>, recorded: string[] = []) {
  const { selectors, groups } = readExpression(text)
  t.ok(selectors.length, `${text} asks for something`)
  const known = new Set([...targetLabels, 'le'])
  for (const { name, matchers } of selectors) {
    if (name === 'up' || recorded.includes(name)) continue
    const samples = [...metrics.values()]
      .flatMap((metric) => metric.samples)
      .filter((one) => one.name === name)
    const labels = new Set([...targetLabels, ...samples.flatMap((sample) => Object.keys(sample.labels))])
    for (const label of labels) known.add(label)
    t.ok(samples.length, `${name} is a metric`)
    for (const { label, operator, value } of matchers) {
      t.ok(labels.has(label), `${name} has ${label}`)
      if (operator !== '=' || label === 'job') continue
      t.ok(
        label === 'code' || samples.some((sample) => sample.labels[label] === value),
        `${name} has ${label}="${value}"`,
      )
    }
  }
  for (const label of groups) t.ok(known.has(label), `${text} groups by ${label}`)
}

/** What promtool says of expressions, as rules in a file; skips the test where promtool is not there. */
export async function checkSyntax(t: Test, expressions: string[]) {
  const file = join(await temporaryFolder(t), 'rules.yaml')
  const rules = expressions.map((expr, at) => ({ record: `expression:${at}`, expr }))
  writeFileSync(file, stringify({ groups: [{ name: 'expressions', rules }] }))
  promtool(t, ['check', 'rules', file])
}

/** Runs promtool, which must be content; skips the test where it is not there. */
export function promtool(t: Test, args: string[]) {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
  if (error) t.pass('what promtool says', { skip: 'promtool is not here' })
  else t.equal(status, 0, `promtool ${args.join(' ')}: ${stdout}${stderr}`)
}
