import type { FieldType } from '@muster/contracts'

/** A field of an enrollment, with its value: dates as `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SSZ`, images as `data:` URIs. */
export interface EnrolledField {
  readonly name: string
  readonly type: FieldType
  readonly value: string
}

/** An enrollment as passes and cards show it. */
export interface Enrollment {
  /** Who issues: the tenant's name. */
  readonly organization: string
  readonly design: string
  /** Those that have a value, in the design's order. */
  readonly fields: readonly EnrolledField[]
}
