import { mailServer } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import { paced, smtpMailer } from '../src/index.ts'

const mail = { to: 'jane@example.com', subject: 's', text: 't', html: 'h', messageId: 'a.1@acme.example' }

describe('a mailer with a pace', () => {
  it('sends when there is room, and has the others wait without the server hearing of them', async () => {
    const post = await mailServer()
    const answers = [true, false]
    const inner = smtpMailer({ url: post.url, from: { name: null, address: 'badges@acme.example' } })
    const mailer = paced(inner, { take: async (ms) => ms < 60_000 && answers.shift() === true })
    try {
      expect(await mailer.send(mail)).toEqual({ kind: 'accepted' })
      expect(await mailer.send(mail)).toMatchObject({ kind: 'away' })
      expect(post.received.length).toBe(1)
    } finally {
      await mailer.close()
      await post.stop()
    }
  })
})
