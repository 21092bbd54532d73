import { decodeEnrollmentId, encodeEnrollmentId } from '@muster/contracts'
import { type Column, type Preparation, text, Wrong } from '@muster/engine'

const LONGEST_ID = 4_096
const EXAMPLE = { workflowId: '925090aa-decc-40fe-b3e4-16021c6592b0', key: '14' }
const INVALID = new Wrong('INVALID_ENROLLMENT_ID')

/** The column of the types whose rows are ids of enrollments; each is read to one spelling. */
export const enrollmentId: Column = asIds(
  text('id', 'id', {
    required: true,
    max: LONGEST_ID,
    description: 'The id of an enrollment, as it was given out: Base64 of JSON.',
    example: [encodeEnrollmentId(EXAMPLE), encodeEnrollmentId({ ...EXAMPLE, key: '15' })],
  }),
)

function asIds(column: Column): Column {
  return {
    ...column,
    read(cell) {
      const read = column.read(cell)
      if (typeof read !== 'string') return read
      const id = decodeEnrollmentId(read)
      return id === null || id.key.includes('\0') ? INVALID : encodeEnrollmentId(id)
    },
  }
}

/** Of an id, `input` has `workflow_id` and `record_key`. */
export const idPreparation: Preparation = {
  columns: [
    { name: 'workflow_id', type: 'text' },
    { name: 'record_key', type: 'text' },
  ],
  check: () => [],
  values([id]) {
    const named = typeof id === 'string' ? decodeEnrollmentId(id) : null
    return [named?.workflowId ?? null, named?.key ?? null]
  },
}
