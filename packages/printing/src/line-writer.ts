import type { Area } from './card-layout.ts'
import { type FontRun, fontRuns } from './font-runs.ts'
import type { CardFont, CardFonts } from './fonts.ts'
import { fitted, type Lettering } from './lettering.ts'

const SMALLEST = 4.5

/**
 * Laid out as one piece: word by word, those of Hebrew and Arabic would be in the wrong order, and pdfkit would remember
 * every word there ever was.
 */
const AS_A_WHOLE = { features: [] }

interface Style {
  /** Points, when there is room. */
  readonly size: number
  readonly colour: string
  readonly isCentred?: boolean
}

/** Writes lines of text into a PDF, which embeds the fonts that were needed. */
export class LineWriter {
  readonly #pdf: PDFKit.PDFDocument
  readonly #fonts: CardFonts

  constructor(pdf: PDFKit.PDFDocument, fonts: CardFonts) {
    this.#pdf = pdf
    this.#fonts = fonts
  }

  /** One line in the middle of the area's height, made smaller or cut as it must be. */
  write({ text, font }: Lettering, area: Area, { size, colour, isCentred = false }: Style): void {
    if (text === '') return
    const family = this.#fonts[font]
    const widthOf = (each: string) => fontRuns(each, family).reduce((sum, run) => sum + this.#widthOf(run), 0)
    const fit = fitted(text, area.width, { size, smallest: Math.min(size, SMALLEST) }, widthOf)
    // Letters of all fonts stand where those of the first one do.
    const height = this.#use(family.first, fit.size).currentLineHeight()
    const y = area.y + (area.height - height) / 2 + family.first.ascent * fit.size
    let x = area.x + (isCentred ? (area.width - widthOf(fit.text) * fit.size) / 2 : 0)
    for (const run of fontRuns(fit.text, family)) {
      const width = this.#widthOf(run) * fit.size
      this.#use(run.font, fit.size).fillColor(colour)
      this.#pdf.text(run.text, x, y, { lineBreak: false, baseline: 0, ...AS_A_WHOLE })
      x += width
    }
  }

  /** Points, at the size of one point. Measured at 1000, lest it be rounded. */
  #widthOf({ text, font }: FontRun): number {
    return this.#use(font, 1000).widthOfString(text, AS_A_WHOLE) / 1000
  }

  #use({ name, bytes }: CardFont, size: number): PDFKit.PDFDocument {
    return this.#pdf.registerFont(name, bytes).font(name, size)
  }
}
