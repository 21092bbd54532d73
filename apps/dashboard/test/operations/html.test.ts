import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { html } from '../../src/operations/html.ts'

describe('html', () => {
  it('lets no text become a tag, an attribute or an entity', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', ';', '#', 'a', ' ') }), (text) => {
        const made = html`<a title="${text}">${text}</a>`.text
        expect(made.match(/[<>"]/g)?.join('')).toBe('<"">' + '<>')
        expect(made.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&')
      }),
    )
  })

  it('leaves HTML of its own as it is, lists of it and numbers too, and null is nothing', () => {
    const items = ['a', '<'].map((item) => html`<li>${item}</li>`)
    expect(html`<ul>${items}</ul>${null}${1_000}`.text).toBe('<ul><li>a</li>\n<li>&lt;</li></ul>1000')
  })
})
