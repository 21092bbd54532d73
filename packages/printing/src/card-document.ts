import type { Enrollment } from '@muster/engine/ports'
import PDFDocument from 'pdfkit'
import { cardFace } from './card-face.ts'
import { cardLayout, INNER_WIDTH } from './card-layout.ts'
import { CARD_HEIGHT, CARD_WIDTH } from './card-size.ts'
import { drawCard } from './draw-card.ts'
import type { CardFonts } from './fonts.ts'
import { LineWriter } from './line-writer.ts'
import { Problem } from './problem.ts'

/** The same cards give the same bytes, so the file does not tell when it was made; it must tell some time. */
const NO_TIME = new Date(0)

/** A PDF with a card a page, taken away while it grows. */
export class CardDocument {
  readonly #fonts: CardFonts
  readonly #pdf: PDFKit.PDFDocument
  readonly #lines: LineWriter
  #pages = 0

  /** @param subject tells the file from others, without personal data */
  constructor(fonts: CardFonts, subject: string) {
    this.#fonts = fonts
    const info = { Title: 'Cards', Subject: subject, Creator: 'Muster', Producer: 'Muster', CreationDate: NO_TIME }
    this.#pdf = new PDFDocument({
      autoFirstPage: false,
      size: [CARD_WIDTH, CARD_HEIGHT],
      margin: 0,
      info,
    })
    this.#lines = new LineWriter(this.#pdf, fonts)
  }

  get isEmpty(): boolean {
    return this.#pages === 0
  }

  /** Adds a page; or none, and tells why. */
  add(enrollment: Enrollment): Problem | null {
    const face = cardFace(enrollment, this.#fonts, INNER_WIDTH)
    if (face instanceof Problem) return face
    const layout = cardLayout(face)
    if (layout instanceof Problem) return layout
    this.#pdf.addPage()
    const { dictionary } = this.#pdf.page
    drawCard(this.#pdf, this.#lines, face, layout)
    this.#pdf.flushPages()
    // It is written; of each page, the list of them needs the number alone.
    dictionary.data = { Pattern: null, Annots: null }
    this.#pages++
    return null
  }

  /** The bytes that are new since it was asked last; null when there are none. */
  take(): Uint8Array | null {
    return this.#pdf.read()
  }

  /** Nothing can be added any more. */
  end(): void {
    this.#pdf.end()
  }
}
