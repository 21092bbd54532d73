import { isCovered } from './font-runs.ts'
import type { CardFonts, FontFamily, FontName } from './fonts.ts'
import { Problem } from './problem.ts'

/** One line of text, and its weight, of which there are fonts for all of its letters. */
export interface Lettering {
  readonly text: string
  readonly font: FontName
}

/** More is never shown of a text, however small: a card is 85 mm wide. */
const MOST_CHARACTERS = 200

const RIGHT_TO_LEFT = /[\p{Script_Extensions=Hebrew}\p{Script_Extensions=Arabic}\p{Script=Nko}]/u
const OTHERS = /[\p{L}\p{N}()[\]{}<>]/u
const LETTERS_OF_RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Nko}]/gu

/**
 * The text as it goes on a card: on one line, its accents joined with their letters. A problem when no font has
 * one of its letters, or when it is written in both directions, for which nothing here finds the order.
 */
export function lettering(text: string, font: FontName, fonts: CardFonts): Lettering | Problem {
  const line = Array.from(
    composed(text)
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim(),
  )
    .slice(0, MOST_CHARACTERS)
    .join('')
  if (!isCovered(line, fonts[font])) return new Problem("it has letters that the printer's font does not have")
  if (RIGHT_TO_LEFT.test(line) && isMixed(line, fonts[font])) {
    return new Problem('it mixes letters written from right to left with others, or with digits, in one field')
  }
  return { text: line, font }
}

/** Signs of East Asia count, too: pieces of a line by several fonts stand from left to right. */
function isMixed(line: string, { first }: FontFamily): boolean {
  return OTHERS.test(line.replace(LETTERS_OF_RIGHT_TO_LEFT, '')) || !first.covers(line)
}

/**
 * In NFC, but for compatibility ideographs: NFC makes another letter of one, and people tell by them how their names are
 * written.
 */
function composed(text: string): string {
  return text.replace(/[^\uf900-\ufaff\u{2f800}-\u{2fa1f}]+/gu, (part) => part.normalize('NFC'))
}

/** A text as it fits into a width. */
export interface Fitted {
  readonly text: string
  /** Points. */
  readonly size: number
}

const CUT = '…'
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/**
 * Makes the text smaller until it fits, and where that does not do, cuts it.
 *
 * @param width points
 * @param size points, when there is room, and at least `smallest`
 * @param widthOf points that a text is wide at the size of one point
 */
export function fitted(
  text: string,
  width: number,
  { size, smallest }: { readonly size: number; readonly smallest: number },
  widthOf: (text: string) => number,
): Fitted {
  const wide = widthOf(text)
  if (wide * smallest <= width) return { text, size: Math.min(size, width / wide) }
  const parts = Array.from(graphemes.segment(text), ({ segment }) => segment)
  const cut = (count: number) => parts.slice(0, count).join('').trimEnd() + CUT
  let fits = 0
  let tooMany = parts.length
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >>> 1
    if (widthOf(cut(middle)) * smallest <= width) fits = middle
    else tooMany = middle
  }
  return { text: cut(fits), size: smallest }
}
