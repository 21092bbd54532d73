import type { CardFont, FontFamily } from './fonts.ts'

/** A part of a line, and the font that has its letters. */
export interface FontRun {
  readonly text: string
  readonly font: CardFont
}

/** The blocks of Unicode from which on, and up to which, the East Asian fonts are asked for. */
const EAST_ASIAN =
  /[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u{20000}-\u{3ffff}]/u

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Whether there is a font for each of the text's letters. Does not read the East Asian ones for a text of others. */
export function isCovered(text: string, family: FontFamily): boolean {
  if (family.first.covers(text)) return true
  return EAST_ASIAN.test(text) && fontRuns(text, family).every(({ text: part, font }) => font.covers(part))
}

/**
 * The text in one piece when there is a font for all of it, else in as few as the fonts allow when each piece is made as
 * long as it can be. What no font has is said to be of the first one: see `isCovered`.
 */
export function fontRuns(text: string, { first, eastAsian }: FontFamily): readonly FontRun[] {
  const fonts = [first, ...eastAsian]
  const whole = fonts.find((font) => font.covers(text))
  if (whole !== undefined) return [{ text, font: whole }]
  const parts = Array.from(graphemes.segment(text), ({ segment }) => segment)
  const runs: FontRun[] = []
  for (let at = 0; at < parts.length; ) {
    let run = { font: first, length: 0 }
    for (const font of fonts) {
      const length = coveredFrom(parts, at, font)
      if (length > run.length) run = { font, length }
    }
    const end = at + Math.max(1, run.length)
    runs.push({ text: parts.slice(at, end).join(''), font: run.font })
    at = end
  }
  return runs
}

/** How many parts, from one of them on, the font has. */
function coveredFrom(parts: readonly string[], start: number, font: CardFont): number {
  let end = start
  while (end < parts.length && font.covers(parts[end] ?? '')) end++
  return end - start
}
