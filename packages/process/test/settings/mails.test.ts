import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { MAILS } from '../../src/settings/mails.ts'

describe('settings of mails', () => {
  const sender = MAILS.MAIL_FROM.schema
  const server = MAILS.SMTP_URL.schema

  it.each([
    ['badges@acme.example', { name: null, address: 'badges@acme.example' }],
    ['Acme, Inc. <badges@acme.example>', { name: 'Acme, Inc.', address: 'badges@acme.example' }],
    ['"Ausweise für Zoë" <badges@acme.example>', { name: 'Ausweise für Zoë', address: 'badges@acme.example' }],
    [' <badges@acme.example>', { name: null, address: 'badges@acme.example' }],
  ])('MAIL_FROM may be %s', (text, read) => {
    expect(sender.parse(text)).toEqual(read)
  })

  it.each([
    'Acme',
    'a@example.com, b@example.com',
    'Acme <a@example.com> x',
    'A\r\nBcc: x@y.z <a@b.c>',
    'a b@example.com',
    '<>',
  ])('MAIL_FROM may not be %j', (text) => {
    expect(messages(sender, text)).toEqual([expect.stringContaining('expected an address like badges@example.com')])
  })

  it.each(['smtp://localhost:25', 'smtps://me%40x.org:p%40ss@mail.example.com/'])('SMTP_URL may be %s', (text) => {
    expect(server.parse(text)).toBe(text)
  })

  it.each([
    'mail.example.com',
    'http://mail.example.com',
    'smtp://',
    'smtp://u:hunter/2@mail',
    'smtp://u:hunter%2@mail',
    'smtp://m?x=1',
  ])('SMTP_URL may not be %s', (text) => {
    expect(messages(server, text)).toEqual([expect.stringContaining('expected smtp://host:port')])
  })
})

function messages(schema: z.ZodType, text: string): string[] {
  return (schema.safeParse(text).error?.issues ?? []).map(({ message }) => message)
}
