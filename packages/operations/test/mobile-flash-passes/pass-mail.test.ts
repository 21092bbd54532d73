import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PassLinks, passMail } from '../../src/mobile-flash-passes/pass-mail.ts'

const both: PassLinks = {
  days: 7,
  links: [
    { wallet: 'apple', url: 'https://badges.example/wallet/apple/id/token?a=1&b=2' },
    { wallet: 'google', url: 'https://badges.example/wallet/google/id/other' },
  ],
}
const about = (organization: string, design: string) => ({ enrollment: { organization, design, fields: [] } })

describe('the mail about a pass', () => {
  it('says whose it is, who sends it, where it goes and until when, in text and HTML alike', () => {
    const { subject, text, html } = passMail(about('Acme', 'Employee Badge'), both)
    expect(subject).toBe('Your Employee Badge from Acme')
    for (const body of [text, html]) {
      for (const said of ['Employee Badge', 'Acme', 'Apple Wallet', 'Google Wallet', 'within 7 days']) {
        expect(body).toContain(said)
      }
    }
    expect(text).toContain('Add to Apple Wallet:\nhttps://badges.example/wallet/apple/id/token?a=1&b=2\n')
    expect(html).toContain('<a href="https://badges.example/wallet/apple/id/token?a=1&amp;b=2">Add to Apple Wallet</a>')
    expect(html).not.toMatch(/<img|<script|src=/)
  })

  it('has links to the wallets that are set up alone', () => {
    const { text, html } = passMail(about('Acme', 'Badge'), { days: 1, links: both.links.slice(1) })
    expect(text + html).not.toContain('Apple')
    expect(html.match(/<a /g)?.length).toBe(1)
    expect(text).toContain('within a day')
  })

  it('takes no name for markup, and for no second line', () => {
    const character = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('<b>', '&', '"', "'", '\r\n', '\u2028', '\u202e'),
    )
    const name = fc.array(character).map((parts) => parts.join(''))
    const tags = (html: string) => html.match(/<[^>]*>/g)
    const expected = tags(passMail(about('Acme', 'Badge'), both).html)
    fc.assert(
      fc.property(name, name, (organization, design) => {
        const { subject, text, html } = passMail(about(organization, design), both)
        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u)
        expect(tags(html)).toEqual(expected)
        expect(text.split('\n\n').length).toBe(6)
      }),
    )
  })
})
