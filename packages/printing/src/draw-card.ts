import type { CardFace, FaceRow } from './card-face.ts'
import type { Area, CardLayout } from './card-layout.ts'
import { fitted, type Lettering } from './lettering.ts'
import type { BarcodeSymbol } from './symbol.ts'

type Pdf = PDFKit.PDFDocument

const DARK = '#000000'
const PALE = '#555555'
const SMALLEST = 4.5
/** Points between pictures one below the other. */
const PICTURE_GAP = 2
const LABEL_PART = 0.36
const CAPTION_HEIGHT = 6.5

/** Draws a card on the document's page. */
export function drawCard(pdf: Pdf, face: CardFace, layout: CardLayout): void {
  write(pdf, face.organization, layout.organization, { size: 9.5, colour: DARK })
  write(pdf, face.design, layout.design, { size: 6.5, colour: PALE })
  layout.photos.forEach(({ x, y, width, height }, index) => {
    const photo = face.photos[index]
    if (photo !== undefined) pdf.image(photo, x, y, { fit: [width, height - PICTURE_GAP] })
  })
  layout.rows.forEach((area, index) => {
    const row = face.rows[index]
    if (row !== undefined) drawRow(pdf, row, area)
  })
  layout.symbols.forEach((area, index) => {
    const symbol = face.symbols[index]
    if (symbol?.kind === 'linear') drawLinear(pdf, symbol, area)
    if (symbol?.kind === 'square') drawSquare(pdf, symbol, area)
  })
}

function drawRow(pdf: Pdf, { label, value }: FaceRow, area: Area): void {
  const width = Math.min(64, area.width * LABEL_PART)
  const size = area.height * 0.7
  write(pdf, label, { ...area, width: width - 2 }, { size: Math.min(6, size), colour: PALE })
  const rest = { ...area, x: area.x + width, width: area.width - width }
  write(pdf, value, rest, { size: Math.min(8.5, size), colour: DARK })
}

function drawLinear(pdf: Pdf, { dark, modules, value }: BarcodeSymbol, area: Area): void {
  // No wider than half a millimetre a module, in the middle.
  const module = Math.min(area.width / modules, 1.4)
  const x = area.x + (area.width - module * modules) / 2
  for (const bar of dark) pdf.rect(x + bar.x * module, area.y, bar.width * module, area.height - CAPTION_HEIGHT)
  pdf.fill(DARK)
  const caption = { x, width: module * modules, y: area.y + area.height - CAPTION_HEIGHT, height: CAPTION_HEIGHT }
  write(pdf, { text: value, font: 'regular' }, caption, { size: 5.5, colour: DARK, isCentred: true })
}

function drawSquare(pdf: Pdf, { dark, modules }: BarcodeSymbol, area: Area): void {
  const module = Math.min(area.width, area.height) / modules
  for (const { x, y, width } of dark) {
    pdf.rect(area.x + x * module, area.y + y * module, width * module, module)
  }
  // All of it is one shape: modules that are drawn one by one leave hairlines between them on a screen.
  pdf.fill(DARK)
}

/**
 * Laid out as one piece: word by word, those of Hebrew and Arabic would be in the wrong order, and pdfkit would remember
 * every word there ever was.
 */
const AS_A_WHOLE = { features: [] }

interface Style {
  readonly size: number
  readonly colour: string
  readonly isCentred?: boolean
}

/** One line in the middle of the area's height, made smaller or cut as it must be. */
function write(pdf: Pdf, { text, font }: Lettering, area: Area, { size, colour, isCentred = false }: Style): void {
  if (text === '') return
  pdf.font(font)
  // At 1000 points, lest the width be rounded.
  const widthOf = (each: string) => pdf.fontSize(1000).widthOfString(each, AS_A_WHOLE) / 1000
  const fit = fitted(text, area.width, { size, smallest: Math.min(size, SMALLEST) }, widthOf)
  const indent = isCentred ? (area.width - widthOf(fit.text) * fit.size) / 2 : 0
  pdf.fontSize(fit.size).fillColor(colour)
  const y = area.y + (area.height - pdf.currentLineHeight()) / 2
  pdf.text(fit.text, area.x + indent, y, { lineBreak: false, ...AS_A_WHOLE })
}
