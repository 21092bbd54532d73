import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { create } from 'fontkit'

export type FontName = 'regular' | 'bold'

/** A font as it is embedded. Its file is read, once, when something is asked of it. */
export interface CardFont {
  /** Tells it from the others. */
  readonly name: string
  readonly bytes: Buffer
  /** How far its letters reach above the line that they stand on, in parts of their size. */
  readonly ascent: number
  /** True when it has a glyph for each character of the text. */
  covers(text: string): boolean
}

/** The fonts of a weight, in the order in which they are taken. */
export interface FontFamily {
  readonly first: CardFont
  readonly eastAsian: readonly CardFont[]
}

export type CardFonts = Readonly<Record<FontName, FontFamily>>

/**
 * The fonts that every PDF reader has of itself know the letters of Western Europe alone. DejaVu Sans has those of
 * Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic. Condensed, since a card is small. BIZ UDPGothic has
 * those of Shift_JIS, Nanum Gothic all syllables of Korean, and Chocolate Classical Sans, which has one weight, those of
 * GBK and Big5. Their licences let them be embedded.
 *
 * Korean is before Chinese, of which the file is six times as large.
 */
export function cardFonts(): CardFonts {
  const chinese = cardFont(
    'chinese',
    '@expo-google-fonts/chocolate-classical-sans/400Regular/ChocolateClassicalSans_400Regular.ttf',
  )
  return {
    regular: {
      first: cardFont('regular', 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'),
      eastAsian: [
        cardFont('japanese', '@expo-google-fonts/biz-udpgothic/400Regular/BIZUDPGothic_400Regular.ttf'),
        cardFont('korean', '@expo-google-fonts/nanum-gothic/400Regular/NanumGothic_400Regular.ttf'),
        chinese,
      ],
    },
    bold: {
      first: cardFont('bold', 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf'),
      eastAsian: [
        cardFont('japanese-bold', '@expo-google-fonts/biz-udpgothic/700Bold/BIZUDPGothic_700Bold.ttf'),
        cardFont('korean-bold', '@expo-google-fonts/nanum-gothic/700Bold/NanumGothic_700Bold.ttf'),
        chinese,
      ],
    },
  }
}

function cardFont(name: string, module: string): CardFont {
  const file = fileURLToPath(import.meta.resolve(module))
  let read: ReturnType<typeof readFont> | null = null
  const opened = () => {
    read ??= readFont(file)
    return read
  }
  return {
    name,
    get bytes() {
      return opened().bytes
    },
    get ascent() {
      const { font } = opened()
      return font.ascent / font.unitsPerEm
    },
    covers(text) {
      const { font } = opened()
      return Array.from(text).every((each) => font.hasGlyphForCodePoint(each.codePointAt(0) ?? 0))
    },
  }
}

/** fontkit reads as much of each glyph, of one that is empty and the last in its file, too. */
const GLYPH_HEADER = Buffer.alloc(10)

function readFont(file: string) {
  const bytes = Buffer.concat([readFileSync(file), GLYPH_HEADER])
  const font = create(bytes)
  if (!('characterSet' in font)) throw new Error(`${file} is a collection of fonts; one font is expected`)
  return { bytes, font }
}
