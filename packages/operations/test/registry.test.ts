import { type FactorConfig, OPERATION_TYPES, type OperationType } from '@muster/contracts'
import { type Column, checkHeader, Wrong } from '@muster/engine'
import { describe, expect, it } from 'vitest'
import { quickEnrollmentOptions } from '../src/enrollments/quick-enrollment.ts'
import { smartCardEnrollmentOptions } from '../src/enrollments/smart-cards/smart-card-enrollment.ts'
import { OPERATIONS } from '../src/registry.ts'

const HARDWARE = {
  oath_type: 'totp',
  token_type: 'hardware',
  hash_algorithm: 'SHA1',
  totp_time_step: 30,
  otp_length: 6,
  max_nos_enrollment_per_user: 1,
} as const
const CONFIGS: readonly FactorConfig[] = [
  { id: '1', name: 'Email', factorType: 'EmailAuthenticator', settings: {} },
  { id: '2', name: 'SMS', factorType: 'SMSAuthenticator', settings: {} },
  { id: '3', name: 'Google', factorType: 'GoogleAuthenticator', settings: {} },
  { id: '4', name: 'Microsoft', factorType: 'MicrosoftAuthenticator', settings: {} },
  { id: '5', name: 'OneAuth', factorType: 'ZohoOneAuthAuthenticator', settings: {} },
  { id: '6', name: 'Token', factorType: 'CustomTOTPAuthenticator', settings: HARDWARE },
  { id: '7', name: 'Duo', factorType: 'DUOAuthenticator', settings: {} },
  { id: '8', name: 'Questions', factorType: 'SQAAuthenticator', settings: {} },
]

const CARDS: FactorConfig = { id: '9', name: 'Cards', factorType: 'SmartCardAuthenticator', settings: {} }

/** Options that use all that a type has. */
const OPTIONS: Readonly<Record<OperationType, unknown>> = {
  IMPORT_USERS: null,
  QUICK_ENROLLMENT: quickEnrollmentOptions(CONFIGS, false),
  SMART_CARD_ENROLLMENT: smartCardEnrollmentOptions([CARDS], { overwrite: false, pattern: 'Primary Email' }),
  SEND_MFP: null,
  REVOKE_MFP: null,
  PRINT_ENROLLMENTS: {
    printer: { id: '1', name: 'PDF', kind: 'pdf', address: null },
    hopper: 1,
    exceptionMessage: null,
  },
}

describe.each(OPERATION_TYPES)('%s', (type) => {
  const operation = OPERATIONS[type]
  const columns = operation.columns(OPTIONS[type])
  const names = columns.map(({ name }) => name)

  it('is declared under its own name', () => expect(operation.type).toBe(type))

  it('accepts the header made of its columns', () => {
    expect(checkHeader(operation, OPTIONS[type], names)).toEqual([])
  })

  it('has one column of each name, the key among them and required', () => {
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
    expect(columns.find(({ name }) => name === operation.key)?.required).toBe(true)
  })

  it('accepts its own examples', () => {
    const wrong = (column: Column) => column.example.filter((cell) => cell !== '' && column.read(cell) instanceof Wrong)
    expect(columns.flatMap(wrong)).toEqual([])
    for (const column of columns.filter(({ required }) => required)) expect(column.example).not.toContain('')
  })

  it('makes input columns whose names are plain SQL names, each once', () => {
    const fields = operation.prepare?.(OPTIONS[type], (secret) => Buffer.from(secret)).columns.map(({ name }) => name)
    const all = [
      ...(fields ?? columns.map(({ field }) => field)),
      ...(operation.content ? [operation.content.column.name] : []),
    ]
    for (const field of all) expect(field).toMatch(/^[a-z][a-z0-9_]*$/)
    expect(new Set(all).size).toBe(all.length)
  })
})
