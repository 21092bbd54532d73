import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { create } from 'fontkit'

/**
 * The fonts that every PDF reader has of itself know the letters of Western Europe alone. DejaVu Sans has those of
 * Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic, and its licence lets it be embedded. Condensed, since
 * a card is small.
 */
const FILES = {
  regular: fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf')),
  bold: fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf')),
} as const

export type FontName = keyof typeof FILES

export const FONT_NAMES = ['regular', 'bold'] as const satisfies readonly FontName[]

/** A font as it is embedded. */
interface CardFont {
  readonly bytes: Buffer
  /** True when it has a glyph for each character of the text. */
  covers(text: string): boolean
}

export type CardFonts = Readonly<Record<FontName, CardFont>>

/** Reads the fonts, about 1.4 MB. */
export function readFonts(): CardFonts {
  return { regular: readFont(FILES.regular), bold: readFont(FILES.bold) }
}

function readFont(file: string): CardFont {
  const bytes = readFileSync(file)
  const font = create(bytes)
  if (!('characterSet' in font)) throw new Error(`${file} is a collection of fonts; one font is expected`)
  const characters = new Set(font.characterSet)
  return { bytes, covers: (text) => Array.from(text).every((each) => characters.has(each.codePointAt(0) ?? 0)) }
}
