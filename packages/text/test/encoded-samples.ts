import type { Encoding } from '@muster/contracts'

/** Bytes written as text: `\x..` for each that is not ASCII. */
const bytes = (text: string) => Buffer.from(text, 'latin1')

/** Text with characters that only this encoding, or few others, can write, and its bytes by the encoding's own tables. */
export const ENCODED: readonly (readonly [Encoding, string, Buffer])[] = [
  ['Big5', '許功蓋', bytes('\xb3\x5c\xa5\x5c\xbb\x5c')],
  ['EUC-JP', '漢字かなｱ丂', bytes('\xb4\xc1\xbb\xfa\xa4\xab\xa4\xca\x8e\xb1\x8f\xb0\xa1')],
  ['EUC-KR', '한국어', bytes('\xc7\xd1\xb1\xb9\xbe\xee')],
  ['GB2312', '汉字简体', bytes('\xba\xba\xd7\xd6\xbc\xf2\xcc\xe5')],
  ['ISO-2022-JP', '漢字かな', bytes('\x1b$B4A;z$+$J\x1b(B')],
  ['ISO-8859-1', 'éüßÿ¤', bytes('\xe9\xfc\xdf\xff\xa4')],
  ['KOI8-R', 'Привет═╬', bytes('\xf0\xd2\xc9\xd7\xc5\xd4\xa0\xbe')],
  ['Shift_JIS', '表ソ能ｱ①髙', bytes('\x95\x5c\x83\x5c\x94\x5c\xb1\x87\x40\xfb\xfc')],
  ['US-ASCII', 'plain ~', bytes('plain ~')],
  ['UTF-8', 'é漢😀', Buffer.from('é漢😀')],
  ['WINDOWS-1251', 'Привет ЂЄ№', bytes('\xcf\xf0\xe8\xe2\xe5\xf2 \x80\xaa\xb9')],
  ['X-WINDOWS-ISO2022JP', '漢ｱ①纊', bytes('\x1b$B4A\x1b(I1\x1b$B-!y!\x1b(B')],
]

/** A character cut short, in each encoding that has bytes which are no text. */
export const BROKEN: readonly (readonly [Encoding, Buffer])[] = [
  ['Big5', bytes('\xb3')],
  ['EUC-JP', bytes('\xb4')],
  ['EUC-JP', bytes('\x8f')],
  ['EUC-JP', bytes('\x8f\xb0')],
  ['EUC-KR', bytes('\xc7')],
  ['GB2312', bytes('\xba')],
  ['ISO-2022-JP', bytes('\xff')],
  ['Shift_JIS', bytes('\x95')],
  ['US-ASCII', bytes('\x80')],
  ['WINDOWS-1251', bytes('\x98')],
  ['X-WINDOWS-ISO2022JP', bytes('\xff')],
]
