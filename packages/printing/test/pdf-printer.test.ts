import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Card } from '@muster/engine/ports'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { barcodes, card, cardOf, contentOf, field, fonts, info, pictures, print, texts } from './printed.ts'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())

const CODE = field('EmployeeNumber', 'EMP-0010042', 'barcode')

async function printed(...cards: Card[]): Promise<Buffer> {
  const { pdf, refused } = await print(harness.files, cards)
  expect(refused).toEqual([])
  if (pdf === null) throw new Error('no file')
  return pdf
}

function png(colour: readonly [number, number, number, number], width = 300, height = 400): string {
  const picture = new PNG({ width, height })
  for (let at = 0; at < picture.data.length; at += 4) picture.data.set(colour, at)
  return `data:image/png;base64,${PNG.sync.write(picture).toString('base64')}`
}

/** How many pixels of a page are of a colour, within a few steps. */
function pixels(picture: Buffer, [red, green, blue]: readonly [number, number, number]): number {
  const { data } = PNG.sync.read(picture)
  let count = 0
  for (let at = 0; at < data.length; at += 4) {
    const near = (offset: number, wanted: number) => Math.abs((data[at + offset] ?? 0) - wanted) < 12
    if (near(0, red) && near(1, green) && near(2, blue)) count++
  }
  return count
}

describe('a card', () => {
  it('is a page of exactly CR80, with the fields in their order and everything embedded', async () => {
    const pdf = await printed(
      card(
        field('FirstName', 'Ann'),
        field('AccessLevel', '3', 'number'),
        field('ExpiryDate', '2027-01-31', 'date'),
        CODE,
      ),
      cardOf(2, [field('FirstName', 'Bob'), field('Since', '2026-02-03T04:05:06Z', 'date')]),
    )
    const sizes = [...(await info(pdf)).matchAll(/Page +\d+ size: +([\d.]+) x ([\d.]+) pts/g)]
    expect(sizes).toHaveLength(2)
    for (const [, width, height] of sizes) {
      expect((Number(width) / 72) * 25.4).toBeCloseTo(85.6, 2)
      expect((Number(height) / 72) * 25.4).toBeCloseTo(53.98, 2)
    }
    const [first, second] = await texts(pdf)
    expect(first).toMatch(
      /Example Ltd\s+Employee Badge\s+FirstName +Ann\s+AccessLevel +3\s+ExpiryDate +2027-01-31\s+EMP-0010042/,
    )
    expect(second).toMatch(/FirstName +Bob\s+Since +2026-02-03 04:05 UTC/)
    expect(await fonts(pdf)).not.toMatch(/ no +(yes|no) (yes|no) +\d/)
  })

  it('has a Code 128 of a short value and a QR code of a long one, which a decoder reads back', async () => {
    const long = `https://example.com/verify?badge=${'0123456789'.repeat(4)}`
    const pages = await pictures(
      await printed(
        card(CODE),
        card(field('Link', long, 'barcode'), field('Name', 'Ann')),
        card(field('One', 'A1', 'barcode'), field('Two', 'b~2 ^&', 'barcode')),
        card(CODE, field('Link', long, 'barcode'), field('Photo', png([10, 20, 30, 255]), 'image')),
      ),
    )
    expect(await Promise.all(pages.map(barcodes))).toEqual([
      ['Code128: EMP-0010042'],
      [`QRCode: ${long}`],
      ['Code128: A1', 'Code128: b~2 ^&'],
      ['Code128: EMP-0010042', `QRCode: ${long}`],
    ])
  })

  it('shows PNG and JPEG, transparency on white', async () => {
    const [page] = await pictures(await printed(card(field('Photo', png([200, 30, 60, 255]), 'image'))))
    if (page === undefined) throw new Error('no page')
    // 20 mm at 300 dpi are 236 pixels.
    expect(pixels(page, [200, 30, 60])).toBeGreaterThan(236 * 300 * 0.95)
    const [half] = await pictures(await printed(card(field('Photo', png([0, 0, 0, 128]), 'image'))))
    expect(pixels(half ?? page, [127, 127, 127])).toBeGreaterThan(236 * 300 * 0.95)
    const jpegs = await pictures(await printed(card(field('Photo', png([200, 30, 60, 255]), 'image'))), 300, 'jpeg')
    const uri = `data:image/jpeg;base64,${jpegs[0]?.toString('base64')}`
    const [again] = await pictures(await printed(card(field('Photo', uri, 'image'))))
    expect(pixels(again ?? page, [200, 30, 60])).toBeGreaterThan(1_000)
  })

  it('has letters of Latin, Greek, Cyrillic, Hebrew and Arabic', async () => {
    const names = ['Łukasz Žižek', 'Ελένη Παπαδοπούλου', 'Жанна Ёлкина', 'Nguyễn Thị Ánh', 'שלום עולם', 'محمد علي']
    const pdf = await printed(card(...names.map((name, index) => field(`Name${index}`, name))))
    const [text] = await texts(pdf)
    for (const name of names)
      expect(text?.normalize('NFKC').replace(/[\u200e\u200f\u202a-\u202e]/g, '')).toContain(name)
  })

  it('has letters of Japanese, Chinese and Korean, beside others and of a tenant, too', async () => {
    const names = [
      '田中 さくら',
      '髙橋 﨑 タロウ',
      '張偉明',
      '张伟明',
      '김철수',
      '金철수 张',
      'Ann 田中',
      'Łukasz Žižek 山田',
      'ﾔﾏﾀﾞ ＡＢＣ',
    ]
    const fields = names.map((name, index) => field(`Name${index}`, name))
    const pdf = await printed(cardOf(1, [...fields, field('氏名', 'Ann')], '株式会社サンプル商事'))
    const [text] = await texts(pdf)
    for (const name of ['株式会社サンプル商事', ...names]) expect(text).toContain(name)
    expect(text).toMatch(/氏名 +Ann/)
    expect(await fonts(pdf)).not.toMatch(/ no +(yes|no) (yes|no) +\d/)
    expect(pdf.length).toBeLessThan(100_000)
  })

  it('has each of its letters drawn, the East Asian ones as large as others', async () => {
    const [latin, japanese] = await pictures(
      await printed(card(field('Name', 'HHHH')), card(field('Name', '田田田田'))),
    )
    const before = pixels(latin ?? Buffer.alloc(0), [0, 0, 0])
    expect(pixels(japanese ?? Buffer.alloc(0), [0, 0, 0])).toBeGreaterThan(before + 200)
  })

  it.each<[string, string]>([
    ['emoji', 'Ann 🎉'],
    ['emoji beside letters of Japanese', '田中 🎉'],
    ['letters of Thai', 'สมชาย'],
    ['Hebrew beside digits', 'שלום 12'],
  ])('is refused for %s, rather than printed with holes or in the wrong order', async (_, value) => {
    const { refused, pdf } = await print(harness.files, [card(field('FirstName', value))])
    expect(refused).toEqual([{ row: 1, problem: expect.stringMatching(/letters/) }])
    expect(refused[0]?.problem).not.toContain(value)
    expect(pdf).toBeNull()
  })

  it.each<[string, string]>([
    ['Latin', 'W'],
    ['Japanese', '鷹'],
    ['several fonts', 'W金철수张'],
  ])('has nothing running off it: long texts of %s are made smaller, then cut', async (_, letters) => {
    const longest = letters.repeat(500)
    const fields = Array.from({ length: 9 }, (_, index) => field(`${longest}${index}`, longest))
    const pdf = await printed(cardOf(1, [...fields, CODE, field('Photo', png([1, 2, 3, 255]), 'image')], longest))
    expect((await texts(pdf))[0]).toContain('…')
    const [page] = await pictures(pdf)
    const { width, height, data } = PNG.sync.read(page ?? Buffer.alloc(0))
    const margin = Math.floor((2.5 / 25.4) * 300)
    const dark: string[] = []
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const isEdge = x < margin || y < margin || x >= width - margin || y >= height - margin
        if (isEdge && (data[4 * (y * width + x)] ?? 255) < 250) dark.push(`${x},${y}`)
      }
    }
    expect(dark).toEqual([])
    expect(await barcodes(page ?? Buffer.alloc(0))).toEqual(['Code128: EMP-0010042'])
  })

  it('is refused when more fields are filled than can be read on it', async () => {
    const { refused } = await print(harness.files, [
      card(...Array.from({ length: 60 }, (_, index) => field(`Field${index}`, 'x'))),
    ])
    expect(refused).toEqual([{ row: 1, problem: expect.stringMatching(/more of its fields/) }])
  })

  it('is refused for a barcode that could not be read from it', async () => {
    const { refused } = await print(harness.files, [card(field('Code', 'x'.repeat(600), 'barcode'))])
    expect(refused).toEqual([{ row: 1, problem: expect.stringMatching(/barcode/) }])
  })

  it('is refused for a broken photo, while the others are printed', async () => {
    const whole = png([200, 30, 60, 255])
    const broken = [
      whole.slice(0, whole.length / 2 - ((whole.length / 2) % 4)),
      `data:image/jpeg;base64,${Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2]).toString('base64')}`,
      'data:image/png;base64,AAAA',
      'data:image/gif;base64,R0lGODlhAQABAAAAACw=',
      'nothing',
    ]
    const cards = [...broken, whole].map((value, index) => cardOf(index + 1, [field('Photo', value, 'image')]))
    const { refused, pdf } = await print(harness.files, cards)
    expect(refused.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5])
    for (const { problem } of refused) expect(problem).toMatch(/picture/)
    expect(await info(pdf ?? Buffer.alloc(0))).toMatch(/Pages: +1\n/)
  })
})

describe('a file of cards', () => {
  it('is the same, byte for byte, when it is printed again, and replaces what was there', async () => {
    const names = [field('Name', 'Ann'), field('氏名', '田中 さくら'), field('이름', '金철수 张')]
    const cards = [card(...names, CODE, field('Photo', png([9, 9, 200, 255]), 'image')), cardOf(2, [CODE])]
    const key = 'operations/again/result'
    const first = await print(harness.files, cards, { key })
    const second = await print(harness.files, cards, { key })
    expect(first.pdf?.length).toBeGreaterThan(1_000)
    expect(second.pdf?.equals(first.pdf ?? Buffer.alloc(0))).toBe(true)
    const third = await print(harness.files, cards.slice(0, 1), { key })
    expect(third.pdf?.equals(first.pdf ?? Buffer.alloc(0))).toBe(false)
  })

  it('tells nothing personal but on its cards', async () => {
    const pdf = await printed(card(field('FirstName', 'Annabella')))
    expect((await info(pdf)).replace(/\s+/g, ' ')).not.toContain('Annabella')
    expect(await info(pdf)).toMatch(/Title: +Cards/)
  })

  it('is not there when no card could be printed, an older one included', async () => {
    const key = 'operations/none/result'
    await print(harness.files, [card(CODE)], { key })
    expect((await print(harness.files, [card(field('Name', '🎉'))], { key })).pdf).toBeNull()
    expect((await print(harness.files, [], { key })).pdf).toBeNull()
  })

  it('stays as it was when printing is given up, or the cards cannot be read', async () => {
    const key = 'operations/given-up/result'
    const before = await print(harness.files, [card(CODE)], { key })
    const controller = new AbortController()
    async function* abortedAfterOne() {
      yield card(CODE)
      controller.abort()
      yield card(CODE)
    }
    await expect(print(harness.files, abortedAfterOne(), { key, signal: controller.signal })).rejects.toThrow(/abort/i)
    async function* brokenAfterOne() {
      yield card(CODE)
      throw new Error('the database is away')
    }
    await expect(print(harness.files, brokenAfterOne(), { key })).rejects.toThrow('the database is away')
    expect((await contentOf(harness.files, key))?.equals(before.pdf ?? Buffer.alloc(0))).toBe(true)
  })

  it.each<[string, (row: number) => string]>([
    ['Latin', (row) => `Name of ${row}`],
    ['Japanese', (row) => `${String.fromCharCode(0x7530 + (row % 5))}中 太郎 ${row}`],
  ])(
    'of 1,000 cards in %s is written while they come, in flat memory',
    async (_, nameOf) => {
      const photo = png([120, 80, 40, 255], 100, 130)
      const used: number[] = []
      async function* many(): AsyncGenerator<Card> {
        for (let row = 1; row <= 1_000; row++) {
          if (row % 250 === 0) used.push(await memoryUsed())
          const fields = [field('Name', nameOf(row)), field('Photo', photo, 'image')]
          yield cardOf(row, [...fields, field('Number', `EMP-${row}`, 'barcode')])
        }
      }
      const { pdf, refused } = await print(harness.files, many())
      expect(refused).toEqual([])
      expect(await info(pdf ?? Buffer.alloc(0))).toMatch(/Pages: +1000\n/)
      // A photo is 52,000 bytes unpacked, a page some 1,500.
      expect((used.at(-1) ?? 0) - (used[0] ?? 0)).toBeLessThan(750 * 1_500)
    },
    120_000,
  )
})

setFlagsFromString('--expose-gc')
const collectGarbage: unknown = runInNewContext('gc')

/** Bytes that are in use. */
async function memoryUsed(): Promise<number> {
  if (typeof collectGarbage !== 'function') throw new Error('no gc')
  // Some buffers are let go of only when others have had a turn.
  for (let round = 0; round < 3; round++) {
    collectGarbage()
    await setImmediate()
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
