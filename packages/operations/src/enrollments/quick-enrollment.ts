import type { FactorConfig } from '@muster/contracts'
import {
  type Column,
  emailKey,
  type InputColumn,
  type Mistaken,
  type Preparation,
  rowOperation,
  type Seal,
  type Values,
  Wrong,
} from '@muster/engine'
import { enrollStatement } from './enroll-statement.ts'
import { csvFactor, type Factor } from './factors.ts'

/** What a quick enrollment is asked to do. The factor configs are kept as they were when it was asked. */
export interface QuickEnrollmentOptions {
  readonly factorConfigs: readonly FactorConfig[]
  /** False leaves a user who is enrolled in a factor already as it is. */
  readonly overwrite: boolean
}

const ABOUT = emailKey('Primary Email', 'email', {
  required: true,
  description: 'The email of a user in the directory, who is enrolled.',
  example: ['alice@example.com', 'bob@example.com'],
})
const NO_FACTOR: Mistaken = { column: null, wrong: new Wrong('NO_FACTOR') }

/** Enrolls users in several factors at once: all those of a row, or none. */
export const quickEnrollment = rowOperation<QuickEnrollmentOptions>({
  type: 'QUICK_ENROLLMENT',
  title: 'Quick enrollment',
  permission: 'BULKENROLLMENTS:ADD',
  options: (stored) => stored as QuickEnrollmentOptions,
  columns: (options) => [ABOUT, ...factorColumns(factorsOf(options))],
  otherColumn: null,
  key: ABOUT.name,
  content: null,
  isOrdered: false,
  isDeferred: false,
  prepare: (options, seal) => prepareFactors(factorsOf(options), seal),
  apply: ({ factorConfigs, overwrite }) =>
    enrollStatement(
      factorConfigs.map(({ id }) => id),
      overwrite,
    ),
})

/** True when users can be enrolled in the factor by CSV. */
export function isEnrolledByCsv(config: FactorConfig): boolean {
  return csvFactor(config) !== null
}

/** The options of an operation. Throws a RangeError when there is no config, or one that is not for CSV. */
export function quickEnrollmentOptions(
  factorConfigs: readonly FactorConfig[],
  overwrite: boolean,
): QuickEnrollmentOptions {
  if (factorConfigs.length === 0) throw new RangeError('at least one factor config is needed')
  const unfit = factorConfigs.find((config) => !isEnrolledByCsv(config))
  if (unfit !== undefined) throw new RangeError(`users cannot be enrolled by CSV in factor config ${unfit.id}`)
  return { factorConfigs, overwrite }
}

function factorsOf({ factorConfigs }: QuickEnrollmentOptions): Factor[] {
  return factorConfigs.flatMap((config) => csvFactor(config) ?? [])
}

/** Configs of one type share their columns: one cell, or one pair, enrolls in all of them. */
function factorColumns(factors: readonly Factor[]): Column[] {
  return [...new Map(factors.flatMap(({ columns }) => columns.map((column) => [nameOf(column), column]))).values()]
}

function nameOf(column: Column): string {
  return column.name.toLowerCase()
}

/** For the n-th factor, `input` has `data_n`, null when the row leaves it out, and `secret_n`. */
function prepareFactors(factors: readonly Factor[], seal: Seal): Preparation {
  const names = [ABOUT, ...factorColumns(factors)].map(nameOf)
  const placed = factors.map((factor) => ({
    factor,
    cells: factor.columns.map((column) => names.indexOf(nameOf(column))),
  }))
  const cellsOf = (values: Values, cells: readonly number[]): Values => cells.map((cell) => values[cell] ?? null)
  return {
    columns: [{ name: 'email', type: 'text' }, ...factors.flatMap((_, n) => factorInput(n))],
    check(values) {
      const mistakes = placed.flatMap(({ factor, cells }) => factor.check(cellsOf(values, cells)))
      const empty = values.every((value, index) => index === 0 || value === null)
      return empty ? [NO_FACTOR] : mistakes
    },
    values(values) {
      const stored = placed.map(({ factor, cells }) => factor.enroll(cellsOf(values, cells)))
      return [
        values[0] ?? null,
        ...stored.flatMap((each) => [dataOf(each), each?.secret == null ? null : seal(each.secret)]),
      ]
    },
  }
}

function dataOf(enrolled: ReturnType<Factor['enroll']>): string | null {
  return enrolled === null ? null : JSON.stringify(enrolled.data)
}

function factorInput(n: number): InputColumn[] {
  return [
    { name: `data_${n}`, type: 'jsonb' },
    { name: `secret_${n}`, type: 'bytea' },
  ]
}
