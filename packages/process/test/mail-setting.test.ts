import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { mailSetting } from '../src/mail-setting.ts'
import { parseSettings } from '../src/settings.ts'

describe('settings of mails', () => {
  const mail = z.object({ SMTP_URL: mailSetting.smtpUrl().optional(), MAIL_FROM: mailSetting.from().optional() })
  const parse = (env: Record<string, string>) => parseSettings(mail, env)

  it.each([
    ['badges@acme.example', { name: null, address: 'badges@acme.example' }],
    ['Acme, Inc. <badges@acme.example>', { name: 'Acme, Inc.', address: 'badges@acme.example' }],
    ['"Ausweise für Zoë" <badges@acme.example>', { name: 'Ausweise für Zoë', address: 'badges@acme.example' }],
    [' <badges@acme.example>', { name: null, address: 'badges@acme.example' }],
  ])('MAIL_FROM may be %s', (text, sender) => {
    expect(parse({ MAIL_FROM: text }).MAIL_FROM).toEqual(sender)
  })

  it.each([
    'Acme',
    'a@example.com, b@example.com',
    'Acme <a@example.com> x',
    'A\r\nBcc: x@y.z <a@b.c>',
    'a b@example.com',
    '<>',
  ])('MAIL_FROM may not be %j', (text) => {
    expect(() => parse({ MAIL_FROM: text })).toThrow('MAIL_FROM: expected an address like badges@example.com')
  })

  it.each(['smtp://localhost:25', 'smtps://me%40x.org:p%40ss@mail.example.com/'])('SMTP_URL may be %s', (text) => {
    expect(parse({ SMTP_URL: text }).SMTP_URL).toBe(text)
  })

  it.each([
    'mail.example.com',
    'http://mail.example.com',
    'smtp://',
    'smtp://u:hunter/2@mail',
    'smtp://u:hunter%2@mail',
    'smtp://m?x=1',
  ])('SMTP_URL may not be %s, which is not shown', (text) => {
    expect(() => parse({ SMTP_URL: text })).toThrow(/SMTP_URL: expected smtp:\/\/host:port .*\(not shown\)/)
    expect(() => parse({ SMTP_URL: text })).not.toThrow(/hunter/)
  })
})
