import { readdirSync, readFileSync } from 'node:fs'

/** What a process and all its descendants have used, those that have ended included. */
export interface Usage {
  /** Seconds of a core. */
  cpu: number
  /** Bytes in memory now, and at most; what processes share is counted for each. */
  memory: number
  peak: number
}

const TICKS_PER_SECOND = 100

/** What a process and its descendants have used so far. */
export function usageOf(pid: number): Usage {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(statOf)
  const family = new Set([pid])
  // A parent may have a higher number than its child: look until nobody is found any more.
  for (let size = 0; size !== family.size; ) {
    size = family.size
    for (const each of stats) if (family.has(each.parent)) family.add(each.pid)
  }
  const members = stats.filter((each) => family.has(each.pid))
  return {
    cpu: members.reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND,
    memory: members.reduce((sum, each) => sum + memoryOf(each.pid, 'VmRSS'), 0),
    peak: members.reduce((sum, each) => sum + memoryOf(each.pid, 'VmHWM'), 0),
  }
}

/** A process: its parent, and the time that it has used, with that of its children that have ended. */
function statOf(name: string): { pid: number; parent: number; ticks: number }[] {
  const text = read(`/proc/${name}/stat`)
  // The name of the program, in parentheses, may hold anything.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [parent = 0, ...rest] = fields.slice(1)
  const ticks = rest.slice(9, 13).reduce((sum, each) => sum + each, 0)
  return text ? [{ pid: Number(name), parent, ticks }] : []
}

function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024
}

/** Empty where the process has just ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
