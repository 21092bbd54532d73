import { describe, expect, it } from 'vitest'
import { emailKey, flag, phone, rowOperation, rowSchema, text } from '../../src/index.ts'

const key = emailKey('Who', 'who', { required: true, description: 'Who it is.', example: ['a@example.com', ''] })
const declared = {
  type: 'IMPORT_USERS',
  title: 'Test',
  permission: 'BULKUSERS:ADD',
  options: () => null,
  columns: () => [
    key,
    phone('Phone', 'phone', { wantedBy: 'SMS', example: ['', ''] }),
    flag('Locked', 'locked', { example: ['TRUE', ''] }),
  ],
  key: 'Who',
  content: null,
  isOrdered: false,
  isDeferred: false,
  apply: () => '',
} as const

describe("a row's schema", () => {
  it('tells of each column what its declaration does', () => {
    expect(rowSchema(rowOperation({ ...declared, otherColumn: null }), null)).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        Who: {
          type: 'string',
          minLength: 1,
          maxLength: 254,
          format: 'idn-email',
          description: 'Who it is.',
          examples: ['a@example.com'],
        },
        Phone: {
          type: 'string',
          minLength: 1,
          maxLength: 255,
          pattern: '^\\+[1-9]\\d{6,14}$',
          description: 'For the factor config "SMS".',
        },
        Locked: { type: 'string', minLength: 1, pattern: expect.any(String), examples: ['TRUE'] },
      },
      required: ['Who'],
      additionalProperties: false,
    })
  })

  it('tells what other columns take, where there may be any', () => {
    const otherColumn = (name: string) => text(name, 'attributes', { max: 9, example: ['', ''] })
    expect(rowSchema(rowOperation({ ...declared, otherColumn }), null).additionalProperties).toEqual({
      type: 'string',
      minLength: 1,
      maxLength: 9,
    })
  })
})
