/** The one sequence of entries that all readers of the feed must be told, however they read, and the database at the end. */
import { execute } from '../../databases.ts'

/** An entry as a reader receives it. */
export interface Told {
  token: string
  time: string
  type: string
  id: string
  version: number
}

/** How many faults are kept: the first say enough. */
const MAX_FAULTS = 20
/** Of how many entries it is looked how late they were told. */
const MAX_DELAYS = 100_000

/** The sequence, as the reader that is furthest has been told of it; each other reader must be told the same. */
export class Story {
  /** The violations found. */
  readonly faults: string[] = []
  /** The milliseconds from the time of an entry until it was told, of some. */
  readonly delays: number[] = []
  private readonly keys: string[] = []
  private readonly tokens = new Set<string>()
  private readonly versions = new Map<string, number>()

  /** How many entries are known. */
  get length(): number {
    return this.keys.length
  }

  /** Takes the entry that a reader was told as its entry number `index`, from 0. */
  take(index: number, entry: Told, reader: string) {
    const key = `${keyOf(entry)} ${entry.token}`
    const known = this.keys[index]
    if (known !== undefined) {
      if (known !== key) this.fail(`${reader}: entry ${index} is ${key}, and not ${known}`)
      return
    }
    if (index !== this.keys.length) throw new Error(`${reader}: entry ${index} of ${this.keys.length}`)
    if (this.tokens.has(entry.token)) this.fail(`${reader}: entry ${index} has the token of another one`)
    this.tokens.add(entry.token)
    this.keys.push(key)
    this.order(entry)
    if (this.delays.length < MAX_DELAYS) this.delays.push(Date.now() - Date.parse(entry.time))
  }

  /** Compares it with the entries that were written, in their order. */
  compare(written: { id: string; version: number; type: string }[]) {
    if (written.length !== this.keys.length)
      this.fail(`${this.keys.length} entries were told, and ${written.length} written`)
    for (const [index, each] of written.entries()) {
      const told = this.keys[index]?.split(' ').slice(0, 3).join(' ')
      if (told !== keyOf(each)) this.fail(`entry ${index} was written as ${keyOf(each)}, and told as ${told}`)
    }
  }

  fail(fault: string) {
    if (this.faults.length < MAX_FAULTS) this.faults.push(fault)
  }

  /** The entries of a resource rise by one version each; that of its removal has the last. */
  private order({ id, version, type }: Told) {
    const before = this.versions.get(id) ?? 0
    const expected = type === 'removed' ? before : before + 1
    if (version !== expected) this.fail(`${id}: version ${version} (${type}) after ${before}`)
    this.versions.set(id, version)
  }
}

const keyOf = ({ id, version, type }: { id: string; version: number; type: string }) =>
  `${id} ${version} ${type}`

/** Keeps the entries of the feed that are dropped while readers read. */
export class Archive {
  private readonly url: string
  private count = 0

  constructor(url: string) {
    this.url = url
  }

  async begin(): Promise<void> {
    await execute(this.url, 'create table archived (seq bigint primary key, id uuid, version int, type text)')
  }

  /** Drops the first entries of the feed that all readers have dealt with: makes them old, and has the feed drop what is old. */
  async drop(dealtWith: number): Promise<number> {
    const more = dealtWith - this.count
    if (more <= 0) return 0
    const { rows } = await execute(
      this.url,
      `with first as (select seq, resource_id, version, type from changes order by seq limit ${more})
       insert into archived select * from first returning seq`,
    )
    const last = rows.reduce((most, { seq }) => Math.max(most, Number(seq)), 0)
    await execute(
      this.url,
      `do $$
       begin
         create table changes_20200101 (like changes including all);
         alter table changes attach partition changes_20200101 for values from ('2020-01-01Z') to ('2020-01-02Z');
         update changes set time = '2020-01-01 12:00Z' where seq <= ${last};
       end $$`,
    )
    // It waits for no lock for long.
    for (;;) {
      await execute(this.url, `select rotate_changes('24h', '24h')`)
      const { rows: left } = await execute(this.url, `select to_regclass('changes_20200101') as name`)
      if (left[0]?.name === null) break
    }
    this.count += rows.length
    return rows.length
  }

  /** All entries that were written, in order. */
  async all(): Promise<{ id: string; version: number; type: string }[]> {
    const { rows } = await execute(
      this.url,
      `select seq, id, version, type from archived
       union all select seq, resource_id, version, type from changes order by seq`,
    )
    return rows as never
  }
}
