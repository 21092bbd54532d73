import type { CardFace, FaceRow } from './card-face.ts'
import type { Area, CardLayout } from './card-layout.ts'
import type { LineWriter } from './line-writer.ts'
import type { BarcodeSymbol } from './symbol.ts'

type Pdf = PDFKit.PDFDocument

const DARK = '#000000'
const PALE = '#555555'
/** Points between pictures one below the other. */
const PICTURE_GAP = 2
const LABEL_PART = 0.36
const CAPTION_HEIGHT = 6.5

/** Draws a card on the document's page. */
export function drawCard(pdf: Pdf, lines: LineWriter, face: CardFace, layout: CardLayout): void {
  lines.write(face.organization, layout.organization, { size: 9.5, colour: DARK })
  lines.write(face.design, layout.design, { size: 6.5, colour: PALE })
  layout.photos.forEach(({ x, y, width, height }, index) => {
    const photo = face.photos[index]
    if (photo !== undefined) pdf.image(photo, x, y, { fit: [width, height - PICTURE_GAP] })
  })
  layout.rows.forEach((area, index) => {
    const row = face.rows[index]
    if (row !== undefined) drawRow(lines, row, area)
  })
  layout.symbols.forEach((area, index) => {
    const symbol = face.symbols[index]
    if (symbol?.kind === 'linear') drawLinear(pdf, lines, symbol, area)
    if (symbol?.kind === 'square') drawSquare(pdf, symbol, area)
  })
}

function drawRow(lines: LineWriter, { label, value }: FaceRow, area: Area): void {
  const width = Math.min(64, area.width * LABEL_PART)
  const size = area.height * 0.7
  lines.write(label, { ...area, width: width - 2 }, { size: Math.min(6, size), colour: PALE })
  const rest = { ...area, x: area.x + width, width: area.width - width }
  lines.write(value, rest, { size: Math.min(8.5, size), colour: DARK })
}

function drawLinear(pdf: Pdf, lines: LineWriter, { dark, modules, value }: BarcodeSymbol, area: Area): void {
  // No wider than half a millimetre a module, in the middle.
  const module = Math.min(area.width / modules, 1.4)
  const x = area.x + (area.width - module * modules) / 2
  for (const bar of dark) pdf.rect(x + bar.x * module, area.y, bar.width * module, area.height - CAPTION_HEIGHT)
  pdf.fill(DARK)
  const caption = { x, width: module * modules, y: area.y + area.height - CAPTION_HEIGHT, height: CAPTION_HEIGHT }
  lines.write({ text: value, font: 'regular' }, caption, { size: 5.5, colour: DARK, isCentred: true })
}

function drawSquare(pdf: Pdf, { dark, modules }: BarcodeSymbol, area: Area): void {
  const module = Math.min(area.width, area.height) / modules
  for (const { x, y, width } of dark) {
    pdf.rect(area.x + x * module, area.y + y * module, width * module, module)
  }
  // All of it is one shape: modules that are drawn one by one leave hairlines between them on a screen.
  pdf.fill(DARK)
}
