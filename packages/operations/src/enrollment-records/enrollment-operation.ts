import { type RowOperation, rowOperation } from '@muster/engine'
import { enrollmentId, idPreparation } from './enrollment-id.ts'

/** What a type over enrollments declares of its own. */
type Declared<Options> = Pick<RowOperation<Options>, 'type' | 'title' | 'permission' | 'options'> & {
  /** See `RowOperation.apply`; it ends with `deferred` too. */
  readonly statement: string
}

/** A type whose rows are ids of enrollments, and have effects outside the database. */
export function enrollmentOperation<Options>({ statement, ...declared }: Declared<Options>): RowOperation {
  return rowOperation<Options>({
    ...declared,
    columns: () => [enrollmentId],
    otherColumn: null,
    key: enrollmentId.name,
    content: null,
    // Messages are settled in the lane of their rows; with one, that and chunks lock things in one order.
    isOrdered: true,
    isDeferred: true,
    prepare: () => idPreparation,
    apply: () => statement,
  })
}
