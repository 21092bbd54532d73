import { certificateAuthority, type MailServerOptions, mailServer, refusal } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import { ACCEPTED, ids, jane, mailersUnderTest, mailTo } from './mailers-under-test.ts'
import { readMail } from './received.ts'

const { mailer, server } = mailersUnderTest()

describe('a mail', () => {
  it('comes as it was given, in plain text and in HTML, from one to one', async () => {
    const post = await server()
    const sent = {
      to: 'jörg@bücher.example',
      subject: 'Ihr Ausweis für Zoë – 社員証\r\nBcc: eve@example.com',
      text: 'Grüße\n.\nund Küsse, 田中',
      html: '<p>Grüße &amp; Küsse</p>',
      messageId: 'c0ffee.7@acme.example',
    }
    const mails = mailer(post.url, { from: { name: 'Äcme, "Inc." <x>', address: 'badges@acme.example' } })
    expect(await mails.send(sent)).toEqual(ACCEPTED)
    const [received] = post.received
    expect(received).toMatchObject({ from: 'badges@acme.example', to: ['jörg@bücher.example'] })
    const { headers, parts } = readMail(received?.message ?? '')
    expect(headers.get('subject')).toBe('Ihr Ausweis für Zoë – 社員証 Bcc: eve@example.com')
    expect(headers.get('from')).toContain('<badges@acme.example>')
    expect(headers.get('from')).toContain('Äcme, ')
    expect(headers.get('message-id')).toBe('<c0ffee.7@acme.example>')
    expect(headers.get('auto-submitted')).toBe('auto-generated')
    expect(headers.get('content-type')).toMatch(/^multipart\/alternative;/)
    expect(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now())).toBeLessThan(60_000)
    expect([...headers.keys()].filter((name) => /^(b?cc|reply-to|sender)$/.test(name))).toEqual([])
    expect([...parts]).toEqual([
      ['text/plain', sent.text.replaceAll('\n', '\r\n')],
      ['text/html', sent.html],
    ])
  })

  it.each([
    ['a@example.com, b@example.com'],
    ['a@example.com;b@example.com'],
    ['Jane <jane@example.com>'],
    ['jane@example.com\r\nRCPT TO:<eve@example.com>'],
    ['"a b"@example.com'],
    ['group: a@example.com;'],
    ['jane@example.com\u2028'],
    ['@example.com'],
    ['jane'],
    [''],
  ])('does not go to %j, which is no address of one mailbox', async (to) => {
    const post = await server()
    expect(await mailer(post.url).send(mailTo(to))).toEqual({ kind: 'refused', reply: 'not an address of one mailbox' })
    expect(post.connections()).toBe(0)
  })

  it('goes beside others, over as many connections as may be, which are used again', async () => {
    let atOnce = 0
    let most = 0
    const post = await server({
      async answer() {
        most = Math.max(most, ++atOnce)
        await new Promise((resolve) => setTimeout(resolve, 20))
        atOnce--
      },
    })
    const mails = mailer(post.url, { connections: 4 })
    const rows = Array.from({ length: 40 }, (_, row) => row)
    const outcomes = await Promise.all(rows.map((row) => mails.send(mailTo(`p${row}@example.com`, row))))
    expect(outcomes).toEqual(rows.map(() => ACCEPTED))
    expect(ids(post).sort()).toEqual(rows.map((row) => `operation.${row}@acme.example`).sort())
    expect(most).toBe(4)
    expect(post.connections()).toBe(4)
  })
})

describe('what the server does not take', () => {
  const refusing = (stage: 'onMailFrom' | 'onRcptTo', error: Error) =>
    server({ [stage]: (_: unknown, _session: unknown, callback: (error: Error) => void) => callback(error) })
  const refusingMessages = (error: Error) =>
    server({
      answer: () => {
        throw error
      },
    })

  it.each([
    [550, 'refused'],
    [552, 'refused'],
    [451, 'deferred'],
    [421, 'deferred'],
  ])('is, when it says %i, %s, in its words without the address', async (code, kind) => {
    const words = refusal(code, '<jane@example.com>: jane at Example, jane@example.com')
    const told = { kind, reply: `${code} …: … at Example, …` }
    for (const post of [
      await refusing('onMailFrom', words),
      await refusing('onRcptTo', words),
      await refusingMessages(words),
    ]) {
      expect(await mailer(post.url).send(jane)).toEqual(
        kind === 'deferred' && code === 421 ? expect.objectContaining({ kind }) : told,
      )
      expect(post.received).toEqual([])
    }
  })

  it('does not keep others from being taken', async () => {
    const post = await server({
      onRcptTo: ({ address }, _, callback) =>
        callback(address.startsWith('no') ? refusal(550, `No such user: ${address}`) : null),
    })
    const mails = mailer(post.url, { connections: 2 })
    const sent = ['no1', 'yes1', 'no2', 'yes2', 'yes3'].map((name) => mails.send(mailTo(`${name}@example.com`)))
    expect((await Promise.all(sent)).map(({ kind }) => kind)).toEqual([
      'refused',
      'accepted',
      'refused',
      'accepted',
      'accepted',
    ])
    expect(post.received.map(({ to }) => to[0]).sort()).toEqual(['yes1', 'yes2', 'yes3'].map((n) => `${n}@example.com`))
  })

  it('is away, when it wants us to sign in first', async () => {
    const post = await server({ authOptional: false, allowInsecureAuth: true })
    expect(await mailer(post.url).send(jane)).toMatchObject({ kind: 'away', reply: expect.stringMatching(/^530 /) })
  })
})

describe('a server that does not let us in', () => {
  it('is away, when nobody listens', async () => {
    const post = await mailServer()
    await post.stop()
    expect(await mailer(post.url).send(jane)).toEqual({ kind: 'away', reply: expect.stringContaining('ECONNREFUSED') })
  })

  it.each([
    [421, 'Too busy'],
    [554, 'No service for <jane@example.com>'],
  ])('is away, when it greets with %i', async (code, words) => {
    const post = await server({ onConnect: (_, callback) => callback(refusal(code, words)) })
    const outcome = await mailer(post.url).send(jane)
    expect(outcome).toMatchObject({ kind: 'away', reply: expect.stringMatching(new RegExp(`^${code} `)) })
    expect(JSON.stringify(outcome)).not.toContain('jane')
  })

  it('is away, when it knows no such password', async () => {
    const post = await server({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _, callback) =>
        username === 'me@acme.example' && password === 'p:ss/word'
          ? callback(null, { user: username })
          : callback(refusal(535, `Authentication failed for ${username}`)),
    })
    const as = (password: string) => post.url.replace('//', `//me%40acme.example:${encodeURIComponent(password)}@`)
    expect(await mailer(as('wrong')).send(jane)).toEqual({ kind: 'away', reply: '535 Authentication failed for …' })
    expect(post.received).toEqual([])
    expect(await mailer(as('p:ss/word')).send(jane)).toEqual(ACCEPTED)
  })
})

describe('encryption', () => {
  const withCertificate = async (options: MailServerOptions) => {
    const authority = await certificateAuthority({ name: 'Mail' })
    const { pem, keyPem } = await authority.issue({ subject: '/CN=127.0.0.1', sans: ['IP:127.0.0.1'] })
    const secrets: boolean[] = []
    const post = await server({
      ...options,
      key: keyPem,
      cert: pem,
      onMailFrom: (_, session, callback) => {
        secrets.push(session.secure)
        callback()
      },
    })
    return { post, ca: authority.pem, secrets }
  }

  it.each([[{ secure: true }], [{ hideSTARTTLS: false }]])('is used where there is some: %j', async (options) => {
    const { post, ca, secrets } = await withCertificate(options)
    expect(await mailer(post.url, { ca }).send(jane)).toEqual(ACCEPTED)
    expect(secrets).toEqual([true])
  })

  it.each([[{ secure: true }], [{ hideSTARTTLS: false }]])(
    'with a certificate that nobody vouches for is none: %j',
    async (options) => {
      const { post } = await withCertificate(options)
      expect(await mailer(post.url).send(jane)).toMatchObject({
        kind: 'away',
        reply: expect.stringMatching(/certificate/),
      })
      expect(post.received).toEqual([])
    },
  )
})

describe('a mailer that is closed', () => {
  it('finishes what is on its way, and begins nothing more', async () => {
    let take = () => {}
    const taken = new Promise<void>((resolve) => {
      take = resolve
    })
    const post = await server({ answer: () => taken })
    const mails = mailer(post.url, { connections: 1 })
    const first = mails.send(mailTo('a@example.com', 1))
    const second = mails.send(mailTo('b@example.com', 2))
    await expect.poll(() => post.pending()).toBe(1)
    const closed = mails.close()
    expect(await second).toMatchObject({ kind: 'away' })
    expect(await mails.send(jane)).toMatchObject({ kind: 'away' })
    take()
    await closed
    expect(await first).toEqual(ACCEPTED)
    expect(ids(post)).toEqual(['operation.1@acme.example'])
  })
})
