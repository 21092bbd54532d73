/** What files of archives begin with; only the start of a name of tar is elsewhere. */
const MAGICS: readonly (readonly [offset: number, bytes: Buffer])[] = [
  [0, Buffer.from('PK\x03\x04', 'latin1')],
  [0, Buffer.from('PK\x05\x06', 'latin1')],
  [0, Buffer.from([0x1f, 0x8b, 0x08])],
  [0, Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1')],
  [0, Buffer.from('Rar!\x1a\x07', 'latin1')],
  [0, Buffer.from('\xfd7zXZ\x00', 'latin1')],
  [0, Buffer.from('BZh', 'latin1')],
  [257, Buffer.from('ustar', 'latin1')],
]

/** Whether a file is an archive or packed: ZIP, gzip, 7z, RAR, xz, bzip2 or tar. */
export function isArchive(file: Uint8Array): boolean {
  return MAGICS.some(([offset, bytes]) => bytes.equals(file.subarray(offset, offset + bytes.length)))
}
