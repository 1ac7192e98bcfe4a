/** Groups of bars as SVG, with colours for light and for dark pages. */

export interface Chart {
  title: string
  /** What the bars of each group are of, in the order of their values. */
  series: string[]
  groups: { name: string; values: (number | undefined)[] }[]
  /** Whether the bars of a group stand behind one another, for a sum. */
  isSum?: boolean
  /** A value as it is shown. */
  format: (value: number) => string
}

const WIDTH = 860
const LEFT = 230
const ROOM = WIDTH - LEFT - 90
const BAR = 11
const GAP = 9

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 }
  .value { font-size: 11px; fill: #57606a }
  .bar0 { fill: #2f6fde } .bar1 { fill: #b08800 }
  line { stroke: #d0d7de }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .value { fill: #9198a1 }
    .bar0 { fill: #5b9bff } .bar1 { fill: #d9a628 }
    line { stroke: #3d444d }
  }`

/** Charts one below the other. */
export function svg(charts: Chart[]): string {
  let top = 0
  const drawn = charts.map((chart) => {
    const { text, height } = draw(chart)
    const placed = `<g transform="translate(0 ${top})">\n${text}\n</g>`
    top += height
    return placed
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}">
<title>What requests cost</title>
<style>${STYLE}
</style>
${drawn.join('\n')}
</svg>
`
}

function draw({ title, series, groups, isSum, format }: Chart): { text: string; height: number } {
  const known = ({ values }: Chart['groups'][number]) => values.filter((value) => value !== undefined)
  const sum = (values: number[]) => values.reduce((all, each) => all + each, 0)
  const most = Math.max(...groups.map((group) => (isSum ? sum(known(group)) : Math.max(...known(group)))))
  const length = (value: number) => Math.max(1, (value / most) * ROOM)
  const parts = [`<text class="title" x="8" y="22">${escaped(title)}</text>`]
  for (const [place, name] of series.entries()) {
    const x = LEFT + place * 200
    parts.push(`<rect class="bar${place}" x="${x}" y="32" width="${BAR}" height="${BAR}"/>`)
    parts.push(`<text x="${x + 17}" y="42">${escaped(name)}</text>`)
  }
  let y = 58
  for (const group of groups) {
    const rows = isSum ? 1 : series.length
    parts.push(
      `<text x="${LEFT - 10}" y="${y + (rows * BAR) / 2 + 4}" text-anchor="end">${escaped(group.name)}</text>`,
    )
    let x = LEFT
    for (const [place, value] of group.values.entries()) {
      if (value === undefined) continue
      const at = isSum ? y : y + place * BAR
      parts.push(rect(place, x, at, length(value)))
      if (isSum) x += length(value)
      else parts.push(label(LEFT + length(value), at, format(value)))
    }
    if (isSum) parts.push(label(x, y, format(sum(known(group)))))
    y += rows * BAR + GAP
  }
  parts.push(`<line x1="${LEFT}" y1="52" x2="${LEFT}" y2="${y}"/>`)
  return { text: parts.join('\n'), height: y + 16 }
}

const rect = (place: number, x: number, y: number, width: number) =>
  `<rect class="bar${place}" x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 1}"/>`

const label = (x: number, y: number, text: string) =>
  `<text class="value" x="${(x + 5).toFixed(1)}" y="${y + 9}">${escaped(text)}</text>`

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
