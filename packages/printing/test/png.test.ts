import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { crc32, createDeflate, deflateSync } from 'node:zlib'
import { testFolder } from '@muster/testkit'
import fc from 'fast-check'
import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'
import { plainPng } from '../src/png.ts'

const run = promisify(execFile)
const READ_PICTURE = fileURLToPath(new URL('read-picture.mjs', import.meta.url))

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data])
  const around = Buffer.alloc(8)
  around.writeUInt32BE(data.length, 0)
  around.writeUInt32BE(crc32(named), 4)
  return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)])
}

/** A PNG of 8 bits whose data is whatever is given. */
function made(
  width: number,
  height: number,
  colour: number,
  interlace: 0 | 1,
  data: Buffer | { readonly packed: Buffer },
): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, colour, 0, 0, interlace], 8)
  const idat = Buffer.isBuffer(data) ? deflateSync(data) : data.packed
  const chunks = [chunk('IHDR', header), chunk('IDAT', idat), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([SIGNATURE, ...chunks])
}

/** That many megabytes of zeros, without ever having them in memory. */
async function packed(megabytes: number): Promise<{ readonly packed: Buffer }> {
  const zeros = Buffer.alloc(1024 * 1024)
  const stream = Readable.from(Array<Buffer>(megabytes).fill(zeros)).pipe(createDeflate({ level: 1 }))
  return { packed: Buffer.concat(await stream.toArray()) }
}

/** The pixel at a place of the plain picture, as red, green, blue. */
function pixel(bytes: Buffer | null, x = 0, y = 0): readonly number[] {
  const { width, data } = PNG.sync.read(bytes ?? Buffer.alloc(0))
  return [...data.subarray(4 * (y * width + x)).subarray(0, 3)]
}

describe('a picture in PNG', () => {
  it('is put on white, whatever its colours are', () => {
    expect(pixel(plainPng(made(1, 1, 0, 0, Buffer.from([0, 77]))))).toEqual([77, 77, 77])
    expect(pixel(plainPng(made(1, 1, 2, 0, Buffer.from([0, 1, 2, 3]))))).toEqual([1, 2, 3])
    expect(pixel(plainPng(made(1, 1, 4, 0, Buffer.from([0, 0, 0]))))).toEqual([255, 255, 255])
    expect(pixel(plainPng(made(1, 1, 6, 0, Buffer.from([0, 0, 0, 0, 128]))))).toEqual([127, 127, 127])
    expect(pixel(plainPng(made(1, 1, 6, 1, Buffer.from([0, 5, 6, 7, 255]))))).toEqual([5, 6, 7])
  })

  it('is made no larger than a card shows it, and keeps its shape and colours', () => {
    const line = (colour: number) => Buffer.concat([Buffer.from([0]), Buffer.alloc(1500 * 3, colour)])
    const tall = made(
      1500,
      2000,
      2,
      0,
      Buffer.concat(Array.from({ length: 2000 }, (_, y) => line(y < 1000 ? 10 : 240))),
    )
    const plain = plainPng(tall)
    const { width, height } = PNG.sync.read(plain ?? Buffer.alloc(0))
    expect([width, height]).toEqual([500, 666])
    expect([pixel(plain, 499, 0), pixel(plain, 0, 665)]).toEqual([
      [10, 10, 10],
      [240, 240, 240],
    ])
  })

  it('may be one line high or wide', () => {
    expect(plainPng(made(4000, 1, 0, 0, Buffer.alloc(4001)))).not.toBeNull()
    expect(plainPng(made(1, 4000, 0, 0, Buffer.alloc(8000)))).not.toBeNull()
  })

  it('is refused with more than four million pixels, before anything is unpacked', () => {
    expect(plainPng(made(4001, 1000, 0, 0, Buffer.alloc(1)))).toBeNull()
    expect(plainPng(made(0xffffffff, 0xffffffff, 0, 0, Buffer.alloc(1)))).toBeNull()
    expect(plainPng(made(0, 5, 0, 0, Buffer.alloc(1)))).toBeNull()
  })

  it('is refused when it unpacks to far more than there is in it, before it has', async () => {
    const megabytes = 400
    const bomb = made(1, 1, 0, 1, await packed(megabytes))
    expect(bomb.length).toBeLessThan(4_000_000)
    const path = join(await testFolder(), 'bomb.png')
    await writeFile(path, bomb)
    // In a process of its own: what others took before would hide what this takes.
    const { isRefused, grownKilobytes } = JSON.parse((await run(process.execPath, [READ_PICTURE, path])).stdout)
    expect(isRefused).toBe(true)
    expect(grownKilobytes).toBeLessThan((megabytes / 2) * 1024)
  })

  it('is refused, and nothing is thrown, wherever it is cut off or damaged', () => {
    const whole = made(8, 8, 6, 0, Buffer.concat(Array.from({ length: 8 }, () => Buffer.alloc(33, 0))))
    for (let length = 0; length < whole.length - 12; length++) expect(plainPng(whole.subarray(0, length))).toBeNull()
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(whole)
        damaged[at] = (damaged[at] ?? 0) ^ change
        const plain = plainPng(damaged)
        expect(plain === null || PNG.sync.read(plain).width > 0).toBe(true)
      }),
    )
  })
})
