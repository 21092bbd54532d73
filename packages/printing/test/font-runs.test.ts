import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fontRuns, isCovered } from '../src/font-runs.ts'
import { type CardFont, cardFonts, type FontFamily } from '../src/fonts.ts'

const FONTS = cardFonts()

/** `text/font` of each piece. */
const pieces = (text: string, family = FONTS.regular) =>
  fontRuns(text, family).map(({ text: part, font }) => `${part}/${font.name}`)

const lettersOf = (encoding: string, leads: readonly [number, number]) => {
  const decoder = new TextDecoder(encoding)
  const letters: string[] = []
  for (let lead = leads[0]; lead <= leads[1]; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) letters.push(decoder.decode(Uint8Array.of(lead, trail)))
  }
  return letters.filter((each) => /^\p{L}$/u.test(each) && !/\p{Default_Ignorable_Code_Point}/u.test(each))
}

describe('the fonts of a line', () => {
  it.each<[string, string[]]>([
    ['Ann Žižek', ['Ann Žižek/regular']],
    ['田中 さくら', ['田中 さくら/japanese']],
    ['Ann 田中', ['Ann 田中/japanese']],
    ['김철수 Kim', ['김철수 Kim/korean']],
    ['张伟', ['张伟/chinese']],
    ['金철수 张', ['金/japanese', '철수 /korean', '张/chinese']],
    ['Nguyễn 田', ['Nguyễn 田/chinese']],
    ['Արամ 山', ['Արամ /regular', '山/japanese']],
  ])('of %s are as few as can be', (text, expected) => {
    expect(pieces(text)).toEqual(expected)
  })

  it('are bold where there are bold ones', () => {
    expect(pieces('金철수 张', FONTS.bold)).toEqual(['金/japanese-bold', '철수 /korean-bold', '张/chinese'])
  })

  it.each<[string, string, readonly [number, number]]>([
    ['Japanese', 'shift_jis', [0x81, 0xfc]],
    ['simplified Chinese', 'gbk', [0x81, 0xfe]],
    ['traditional Chinese', 'big5', [0xa4, 0xf9]],
    ['Korean', 'euc-kr', [0x81, 0xfd]],
  ])('have what the encoding of %s can say', (_, encoding, leads) => {
    const letters = lettersOf(encoding, leads)
    expect(letters.length).toBeGreaterThan(6_000)
    expect(letters.filter((each) => !isCovered(each, FONTS.regular) || !isCovered(each, FONTS.bold))).toEqual([])
  })

  it('make up the whole line, in its order, each having its own part', () => {
    const letter = fc.constantFrom(...'Aé Ж田さ张爱김철…'.normalize('NFC'))
    fc.assert(
      fc.property(fc.array(letter, { minLength: 1 }), (letters) => {
        const text = letters.join('')
        const runs = fontRuns(text, FONTS.bold)
        expect(runs.map((run) => run.text).join('')).toBe(text)
        expect(runs.every((run) => run.font.covers(run.text))).toBe(true)
      }),
    )
  })

  it('are all able to write that a line was cut', () => {
    for (const { first, eastAsian } of Object.values(FONTS)) {
      expect([first, ...eastAsian].filter((font) => !font.covers('…'))).toEqual([])
    }
  })
})

describe('the fonts of East Asia', () => {
  it('are read for letters of theirs alone', () => {
    const read: string[] = []
    const watched = (name: string): CardFont => ({
      name,
      bytes: Buffer.alloc(0),
      ascent: 1,
      covers(text) {
        read.push(name)
        return name === 'first' && /^[a-z]*$/.test(text)
      },
    })
    const family: FontFamily = { first: watched('first'), eastAsian: [watched('japanese')] }
    expect(isCovered('ann', family)).toBe(true)
    expect(isCovered('ann 🎉', family)).toBe(false)
    expect(read).not.toContain('japanese')
    expect(isCovered('田', family)).toBe(false)
    expect(read).toContain('japanese')
  })
})
