import { email, flag, type RowOperation, rowOperation, text } from '../src/index.ts'

/** An operation for the tests of what is common to all. */
export const sampleOperation = rowOperation({
  type: 'IMPORT_USERS',
  title: 'Sample',
  permission: 'BULKUSERS:ADD',
  options: () => null,
  columns: () => [
    text('id', 'id', { required: true, max: 5, example: ['a', 'b'] }),
    email('email', 'email', { inHeader: true, wantedBy: 'Mail', example: ['', ''] }),
    flag('locked', 'locked', { example: ['', ''] }),
  ],
  otherColumn: (name) => text(name, 'attributes', { max: 3, example: ['', ''] }),
  key: 'id',
  content: null,
  isOrdered: false,
  isDeferred: false,
  apply: () => '',
})

export const strictOperation: RowOperation = { ...sampleOperation, otherColumn: null }
