import { describe, expect, it } from 'vitest'
import { serverOf } from '../../src/smtp/server.ts'

describe('a mail server’s address', () => {
  it.each([
    ['smtp://mail.example.com', { host: 'mail.example.com', port: 587, secure: false, credentials: null }],
    ['smtps://mail.example.com', { host: 'mail.example.com', port: 465, secure: true, credentials: null }],
    ['smtp://[::1]:2525', { host: '::1', port: 2525, secure: false }],
    [
      'smtps://me%40x.org:p%3Aw%2F@mail.example.com:4650',
      { port: 4650, credentials: { user: 'me@x.org', pass: 'p:w/' } },
    ],
  ])('%s says where and how', (address, server) => {
    expect(serverOf(address)).toMatchObject(server)
  })

  it.each([
    ['smtp://me:secret@mail.example.com', true],
    ['smtp://me:secret@localhost', false],
    ['smtp://me:secret@127.0.0.1:2525', false],
    ['smtp://me:secret@[::1]:2525', false],
    ['smtp://me:secret@127.example.com', true],
    ['smtp://mail.example.com', false],
  ])('%s: encryption is demanded: %s', (address, isDemanded) => {
    expect(serverOf(address).requireTLS).toBe(isDemanded)
  })
})
