import { gzipSync } from 'node:zlib'
import { zip } from '@muster/testkit'

/** Beginnings of archives of every kind that is told, long enough to be files. */
export const nested: Readonly<Record<string, Buffer>> = {
  zip: zip([{ name: 'inner', data: Buffer.from('inner') }]),
  'an empty zip': zip([]),
  gzip: gzipSync('inner'),
  '7z': Buffer.from('377abcaf271c0004', 'hex'),
  RAR: Buffer.from('526172211a070100', 'hex'),
  xz: Buffer.from('fd377a585a000004', 'hex'),
  bzip2: Buffer.from('425a6839314159265359', 'hex'),
  tar: Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\x0000'), Buffer.alloc(247)]),
}
