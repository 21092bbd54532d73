import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cardFonts } from '../src/fonts.ts'
import { fitted, lettering } from '../src/lettering.ts'
import { Problem } from '../src/problem.ts'

const FONTS = cardFonts()

describe('the letters of a text', () => {
  it('stand on one line, accents with their letters', () => {
    expect(lettering(' Zoe\u0308\r\n\tSmith\0 ', 'bold', FONTS)).toEqual({ text: 'Zoë Smith', font: 'bold' })
  })

  it('are of both fonts, as far as people write with them', () => {
    const letters = Array.from({ length: 0xd800 }, (_, code) => String.fromCharCode(code)).filter((each) =>
      /\p{L}/u.test(each),
    )
    const known = letters.filter((each) => FONTS.regular.first.covers(each))
    expect(known.length).toBeGreaterThan(2_500)
    expect(known.filter((each) => !FONTS.bold.first.covers(each))).toEqual([])
  })

  it('are a problem where no font has one of them', () => {
    for (const text of ['Ann 🎉', '田中 🎉', 'ไทย', '김 हिन्दी']) {
      expect(lettering(text, 'regular', FONTS)).toEqual(new Problem(expect.stringContaining('letters')))
    }
  })

  it('are those that were written, where the composed form is another letter of the same kind', () => {
    expect(lettering('\ufa19\ufa11 \u1100\u1161 か\u3099', 'bold', FONTS)).toEqual({
      text: '\ufa19\ufa11 가 が',
      font: 'bold',
    })
  })

  it('are a problem where those from right to left stand beside signs of East Asia', () => {
    expect(lettering('שלום・', 'regular', FONTS)).toEqual(new Problem(expect.stringContaining('right to left')))
  })
})

describe('a text that is to fit', () => {
  const widthOf = (text: string) => text.length * 0.5

  it('has its size when there is room, is made smaller when there is less, and is cut at last', () => {
    const sizes = { size: 10, smallest: 5 }
    expect(fitted('abcd', 20, sizes, widthOf)).toEqual({ text: 'abcd', size: 10 })
    expect(fitted('abcd', 15, sizes, widthOf)).toEqual({ text: 'abcd', size: 7.5 })
    expect(fitted('abcdefgh', 10, sizes, widthOf)).toEqual({ text: 'abc…', size: 5 })
    expect(fitted('ab👩‍👩‍👧cdefgh', 27.5, sizes, widthOf)).toEqual({ text: 'ab👩‍👩‍👧…', size: 5 })
  })

  it('is never wider than there is room, from the width of one letter on', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'grapheme' }),
        fc.double({ min: 3, max: 300, noNaN: true }),
        (text, width) => {
          const { text: shown, size } = fitted(text, width, { size: 9, smallest: 4.5 }, widthOf)
          expect(widthOf(shown) * size).toBeLessThanOrEqual(width + 1e-9)
          expect(size).toBeGreaterThanOrEqual(4.5)
        },
      ),
    )
  })
})
