export interface Progress {
  advance(count: number): void
  end(): void
}

const WIDTH = 30

/** A bar on standard error that says how far, how fast and how long still; a line for each tenth where that is no terminal. */
export function progressBar(total: number, unit: string): Progress {
  const began = performance.now()
  let done = 0
  let told = -1
  const tell = () => {
    const share = total ? done / total : 1
    const perSecond = done / Math.max((performance.now() - began) / 1000, 0.001)
    const left = perSecond ? Math.ceil((total - done) / perSecond) : 0
    const bar = '#'.repeat(Math.floor(share * WIDTH)).padEnd(WIDTH)
    return `[${bar}] ${Math.floor(share * 100)} % ${done} of ${total} ${unit}, ${Math.round(perSecond)}/s, ${left} s left`
  }
  return {
    advance(count) {
      done += count
      const step = Math.floor((done / total) * (process.stderr.isTTY ? 1000 : 10))
      if (step === told) return
      told = step
      process.stderr.write(process.stderr.isTTY ? `\r${tell()}  ` : `${tell()}\n`)
    },
    end() {
      if (process.stderr.isTTY) process.stderr.write('\n')
    },
  }
}
