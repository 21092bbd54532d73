import { crc32, deflateRawSync } from 'node:zlib'

/** One entry of an archive, with the lies that a test wants told about it. */
export interface ZipEntry {
  /** A string is written as UTF-8 with its flag, bytes as they are without it (CP437, for one). */
  readonly name: string | Uint8Array
  /** The file, unpacked. */
  readonly data?: Uint8Array | undefined
  /** 8, Deflate, unless told. Of any other the data is written as it is. */
  readonly method?: number | undefined
  /** Flags beside the one of the name. With 0x8 sizes and CRC-32 follow the data, and the local header has zeros. */
  readonly flags?: number | undefined
  /** What is in the archive, instead of the packed data. */
  readonly packed?: Uint8Array | undefined
  /** What the headers say, instead of what is so. */
  readonly crc32?: number | undefined
  readonly bytes?: number | undefined
  readonly packedBytes?: number | undefined
  readonly localMethod?: number | undefined
  /** Where the directory says the local header to be. */
  readonly offset?: number | undefined
  /** False: the entry stands in the directory alone. */
  readonly isWritten?: boolean | undefined
  readonly localExtra?: Uint8Array | undefined
  readonly centralExtra?: Uint8Array | undefined
  /** The mode of a Unix file, with its type, such as 0o120777 for a link; then it is made by Unix. */
  readonly unixMode?: number | undefined
}

export interface ZipOptions {
  readonly comment?: Uint8Array | undefined
  /** How many entries the end record says there are. Without zip64 it is written modulo 65,536. */
  readonly entryCount?: number | undefined
  /** Every size, offset and count in its zip64 form. */
  readonly zip64?: boolean | undefined
  /** Bytes before the first entry, for which the offsets account. */
  readonly front?: Uint8Array | undefined
  /** Which disk of several the end record says this is. */
  readonly disk?: number | undefined
}

interface Layout {
  readonly name: Uint8Array
  readonly data: Uint8Array
  readonly method: number
  readonly flags: number
  readonly crc32: number
  readonly packedBytes: number
  readonly bytes: number
}

/** A ZIP archive (APPNOTE 6.3.10) with these entries, true or not. */
export function zip(entries: readonly ZipEntry[], options: ZipOptions = {}): Buffer {
  const front = options.front ?? new Uint8Array()
  const parts: Uint8Array[] = [front]
  const directory: Uint8Array[] = []
  let offset = front.length
  for (const entry of entries) {
    const layout = layOut(entry)
    directory.push(...centralHeader(entry, layout, entry.offset ?? offset, options.zip64 === true))
    if (entry.isWritten === false) continue
    const local = localPart(entry, layout)
    parts.push(...local)
    offset += lengthOf(local)
  }
  const end = endOfDirectory(options, entries.length, offset, lengthOf(directory))
  return Buffer.concat([...chunked(parts), ...chunked(directory), ...end])
}

/** An extra field: its id, and what it holds. */
export function zipExtra(id: number, data: Uint8Array): Buffer {
  return Buffer.concat([little([id, 2], [data.length, 2]), data])
}

/** The Info-ZIP Unicode path field (0x7075) for an entry of the name `raw`. */
export function zipUnicodePath(raw: Uint8Array, path: string): Buffer {
  return zipExtra(0x7075, Buffer.concat([little([1, 1], [crc32(raw), 4]), Buffer.from(path)]))
}

function layOut(entry: ZipEntry): Layout {
  const method = entry.method ?? 8
  const unpacked = entry.data ?? new Uint8Array()
  const data = entry.packed ?? (method === 8 ? deflateRawSync(unpacked) : unpacked)
  return {
    name: typeof entry.name === 'string' ? Buffer.from(entry.name) : entry.name,
    data,
    method,
    flags: (typeof entry.name === 'string' ? 0x800 : 0) | (entry.flags ?? 0),
    crc32: entry.crc32 ?? crc32(unpacked),
    packedBytes: entry.packedBytes ?? data.length,
    bytes: entry.bytes ?? unpacked.length,
  }
}

function localPart(entry: ZipEntry, layout: Layout): Uint8Array[] {
  const extra = entry.localExtra ?? new Uint8Array()
  const hasDescriptor = (layout.flags & 0x8) !== 0
  const sizes = (field: number): Field => [hasDescriptor ? 0 : Math.min(field, 0xffffffff), 4]
  const header = little(
    ...([
      [0x04034b50, 4],
      [20, 2],
      [layout.flags, 2],
      [entry.localMethod ?? layout.method, 2],
      [0, 4],
    ] as const),
    ...[sizes(layout.crc32), sizes(layout.packedBytes), sizes(layout.bytes)],
    ...([
      [layout.name.length, 2],
      [extra.length, 2],
    ] as const),
  )
  return [header, layout.name, extra, layout.data, ...(hasDescriptor ? [descriptor(layout)] : [])]
}

function descriptor(layout: Layout): Buffer {
  return little([0x08074b50, 4], [layout.crc32, 4], [layout.packedBytes, 4], [layout.bytes, 4])
}

function centralHeader(entry: ZipEntry, layout: Layout, offset: number, isZip64: boolean): Uint8Array[] {
  const given = entry.centralExtra ?? new Uint8Array()
  const extra = isZip64 ? Buffer.concat([largeSizes(layout, offset), given]) : given
  const size = (value: number): Field => [isZip64 ? 0xffffffff : value, 4]
  const header = little(
    ...([
      [0x02014b50, 4],
      [entry.unixMode === undefined ? 20 : 0x314, 2],
      [20, 2],
      [layout.flags, 2],
    ] as const),
    ...([
      [layout.method, 2],
      [0, 4],
      [layout.crc32, 4],
    ] as const),
    ...[size(layout.packedBytes), size(layout.bytes)],
    // No comment, disk 0, no internal attributes; a mode is in the upper half of the external ones.
    ...([
      [layout.name.length, 2],
      [extra.length, 2],
      [0, 6],
      [(entry.unixMode ?? 0) * 0x10000, 4],
    ] as const),
    size(offset),
  )
  return [header, layout.name, extra]
}

function largeSizes(layout: Layout, offset: number): Buffer {
  return zipExtra(0x0001, little([layout.bytes, 8], [layout.packedBytes, 8], [offset, 8]))
}

function endOfDirectory(options: ZipOptions, entries: number, offset: number, bytes: number): Buffer[] {
  const count = options.entryCount ?? entries
  const comment = options.comment ?? new Uint8Array()
  const disk = options.disk ?? 0
  const isLarge = options.zip64 === true
  const large = [
    little(
      [0x06064b50, 4],
      [44, 8],
      [45, 2],
      [45, 2],
      [disk, 4],
      [disk, 4],
      [count, 8],
      [count, 8],
      [bytes, 8],
      [offset, 8],
    ),
    little([0x07064b50, 4], [0, 4], [offset + bytes, 8], [1, 4]),
  ]
  const short = isLarge ? 0xffff : count % 0x10000
  const end = little(
    ...([
      [0x06054b50, 4],
      [disk, 2],
      [disk, 2],
      [short, 2],
      [short, 2],
    ] as const),
    ...([
      [isLarge ? 0xffffffff : bytes, 4],
      [isLarge ? 0xffffffff : offset, 4],
      [comment.length, 2],
    ] as const),
  )
  return [...(isLarge ? large : []), end, Buffer.from(comment)]
}

/** A number, and in how many bytes it is written. */
type Field = readonly [value: number, bytes: number]

function little(...fields: readonly Field[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [, bytes]) => sum + bytes, 0))
  let at = 0
  for (const [value, bytes] of fields) {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), at)
    else buffer.writeUIntLE(value, at, bytes)
    at += bytes
  }
  return buffer
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}

/** Joined by thousands: a million entries would be too many arguments. */
function chunked(parts: readonly Uint8Array[]): Buffer[] {
  const joined: Buffer[] = []
  for (let from = 0; from < parts.length; from += 1000) joined.push(Buffer.concat(parts.slice(from, from + 1000)))
  return joined
}
