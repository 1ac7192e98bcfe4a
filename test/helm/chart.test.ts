/** The chart as a whole: it is in order, and belongs to this release. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { about } from '../../server/about.ts'
import { run, skip } from './helm.ts'

t.test('helm finds nothing to complain of', { skip }, async (t) => {
  t.match(run('lint', '--strict', 'helm', '--values=helm/values-try.yaml'), '0 chart(s) failed')
})

t.test('the chart is of this release', async (t) => {
  const chart = parse(readFileSync(new URL('../../helm/Chart.yaml', import.meta.url), 'utf8'))
  t.equal(chart.appVersion, about.version, 'the tag of the image')
  t.equal(chart.version, about.version)
})
