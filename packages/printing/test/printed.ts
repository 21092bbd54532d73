import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Card, CardRefused, EnrolledField, FileStore, PrintJob } from '@muster/engine/ports'
import { pdfPrinter } from '@muster/printing'
import { testFolder } from '@muster/testkit'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

const run = promisify(execFile)

const JOB: PrintJob = {
  printer: { name: 'PDF', kind: 'pdf', address: null },
  hopper: 1,
  exceptionMessage: null,
}

// Given, lest it be fetched from another host.
const wasm = await readFile(fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')))
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer } })

export const field = (name: string, value: string, type: EnrolledField['type'] = 'text'): EnrolledField => ({
  name,
  type,
  value,
})

/** A card of row 1 with these fields. */
export const card = (...fields: EnrolledField[]): Card => cardOf(1, fields)

export function cardOf(row: number, fields: readonly EnrolledField[], organization = 'Example Ltd'): Card {
  return { row, enrollment: { organization, design: 'Employee Badge', fields } }
}

async function* stream<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values
}

export interface Printed {
  /** Null when there is no file. */
  readonly pdf: Buffer | null
  readonly refused: readonly CardRefused[]
}

export async function print(
  files: FileStore,
  cards: Iterable<Card> | AsyncIterable<Card>,
  { key = `operations/${randomUUID()}/result`, signal = new AbortController().signal } = {},
): Promise<Printed> {
  const source = Symbol.asyncIterator in cards ? cards : stream(cards)
  const refused = await pdfPrinter(files).print(JOB, source, key, signal)
  return { pdf: await contentOf(files, key), refused }
}

/** Null when there is no file. */
export async function contentOf(files: FileStore, key: string): Promise<Buffer | null> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of files.read(key)) chunks.push(chunk)
  } catch (error) {
    if (error instanceof Error && error.name === 'FileMissing') return null
    throw error
  }
  return Buffer.concat(chunks)
}

/** The pages as poppler draws them. */
export async function pictures(
  pdf: Buffer,
  dpi = 300,
  format: 'png' | 'jpeg' = 'png',
  ...options: string[]
): Promise<Buffer[]> {
  const folder = await testFolder()
  const file = await stored(pdf)
  await run('pdftoppm', ['-r', String(dpi), `-${format}`, ...options, file, join(folder, 'page')])
  const names = (await readdir(folder)).filter((name) => name.startsWith('page')).sort()
  return Promise.all(names.map((name) => readFile(join(folder, name))))
}

/** The text of the pages as poppler reads it, one string a page. */
export async function texts(pdf: Buffer): Promise<string[]> {
  const { stdout } = await run('pdftotext', ['-layout', await stored(pdf), '-'], { maxBuffer: 1 << 26 })
  return stdout.split('\f').slice(0, -1)
}

/** Like `Page size: 242.6 x 153.0 pts`. */
export async function info(pdf: Buffer): Promise<string> {
  return (await run('pdfinfo', ['-f', '1', '-l', '-1', await stored(pdf)])).stdout
}

export async function fonts(pdf: Buffer): Promise<string> {
  return (await run('pdffonts', [await stored(pdf)])).stdout
}

/** `format: value` of every barcode on a page, as a decoder reads them from its picture. */
export async function barcodes(picture: Uint8Array): Promise<string[]> {
  const found = await readBarcodes(new Uint8Array(picture), { formats: ['Code128', 'QRCode'], tryHarder: true })
  return found.map(({ format, text }) => `${format}: ${text}`).sort()
}

async function stored(pdf: Buffer): Promise<string> {
  const file = join(await testFolder(), 'cards.pdf')
  await writeFile(file, pdf)
  return file
}
