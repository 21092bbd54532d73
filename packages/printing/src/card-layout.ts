import type { CardFace } from './card-face.ts'
import { CARD_HEIGHT, CARD_WIDTH, MM } from './card-size.ts'
import { Problem } from './problem.ts'
import { NARROWEST_MODULE } from './symbol.ts'

/** A part of a card, in points from its upper left corner. */
export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where everything on a card goes. */
export interface CardLayout {
  readonly organization: Area
  readonly design: Area
  /** One a photo, row or symbol, in the face's order. */
  readonly photos: readonly Area[]
  readonly rows: readonly Area[]
  readonly symbols: readonly Area[]
}

/** What is nearer to the edge may be cut off when cards are printed to it. */
const MARGIN = 3 * MM
const GAP = 2 * MM
export const INNER_WIDTH = CARD_WIDTH - 2 * MARGIN

const ORGANIZATION_HEIGHT = 12
const DESIGN_HEIGHT = 8.5
const PHOTO_WIDTH = 20 * MM
const LARGEST_SQUARE = 20 * MM
const LINEAR_HEIGHT = 12 * MM
const LOWEST_ROW = 6.4
const HIGHEST_ROW = 13

/** A problem when something is left that cannot be read at the size that there is room for. */
export function cardLayout(face: CardFace): CardLayout | Problem {
  const top = MARGIN + ORGANIZATION_HEIGHT + DESIGN_HEIGHT + GAP
  const linear = face.symbols.filter(({ kind }) => kind === 'linear').length
  const squares = face.symbols.length - linear
  const strip = linear === 0 ? 0 : LINEAR_HEIGHT + GAP
  const height = CARD_HEIGHT - MARGIN - top - strip
  const photoColumn = face.photos.length === 0 ? 0 : PHOTO_WIDTH + GAP
  const square = squares === 0 ? 0 : Math.min(LARGEST_SQUARE, height / squares)
  const squareColumn = squares === 0 ? 0 : square + GAP
  const rows = rowAreas(face.rows.length, {
    x: MARGIN + photoColumn,
    y: top,
    width: INNER_WIDTH - photoColumn - squareColumn,
    height,
  })
  if (rows instanceof Problem) return rows
  const stacked = { y: top, height, width: PHOTO_WIDTH }
  const symbols = symbolAreas(face, {
    strip: { x: MARGIN, y: CARD_HEIGHT - MARGIN - LINEAR_HEIGHT, width: INNER_WIDTH, height: LINEAR_HEIGHT },
    squares: { x: CARD_WIDTH - MARGIN - square, y: top, width: square, height: square * squares },
  })
  if (symbols.some((area, index) => area.width < (face.symbols[index]?.modules ?? 0) * NARROWEST_MODULE)) {
    return new Problem('a barcode is too long to be read from a card')
  }
  return {
    organization: { x: MARGIN, y: MARGIN, width: INNER_WIDTH, height: ORGANIZATION_HEIGHT },
    design: { x: MARGIN, y: MARGIN + ORGANIZATION_HEIGHT, width: INNER_WIDTH, height: DESIGN_HEIGHT },
    photos: stack(face.photos.length, { x: MARGIN, ...stacked }),
    rows,
    symbols,
  }
}

/** In one column, or two when one is too short. */
function rowAreas(count: number, area: Area): readonly Area[] | Problem {
  const most = Math.floor(area.height / LOWEST_ROW)
  if (count > 2 * most) return new Problem('more of its fields are filled than fit on a card')
  const columns = count > most ? 2 : 1
  const perColumn = Math.ceil(count / columns)
  const height = Math.min(HIGHEST_ROW, area.height / perColumn)
  const width = (area.width - (columns - 1) * GAP) / columns
  return Array.from({ length: count }, (_, index) => ({
    x: area.x + Math.floor(index / perColumn) * (width + GAP),
    y: area.y + (index % perColumn) * height,
    width,
    height,
  }))
}

/** Linear symbols side by side, square ones one below the other. */
function symbolAreas({ symbols }: CardFace, within: { readonly strip: Area; readonly squares: Area }): readonly Area[] {
  const linear = symbols.filter(({ kind }) => kind === 'linear')
  const beside = linear.map((_, index) => {
    const width = within.strip.width / linear.length
    return { ...within.strip, x: within.strip.x + index * width, width }
  })
  const below = stack(symbols.length - linear.length, within.squares)
  let linears = 0
  let squares = 0
  return symbols.flatMap(({ kind }) => (kind === 'linear' ? beside[linears++] : below[squares++]) ?? [])
}

/** The area's parts, one below the other. */
function stack(count: number, area: Area): readonly Area[] {
  const height = area.height / count
  return Array.from({ length: count }, (_, index) => ({ ...area, y: area.y + index * height, height }))
}
