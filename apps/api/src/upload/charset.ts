import { type Encoding, parseEncoding } from '@muster/contracts'

// Names that IANA's registry of character sets, or programs, have for the encodings beside our own.
// Shift_JIS is read as Windows has it, so that names of the Windows set mean the same.
const ALIASES: Readonly<Record<Encoding, readonly string[]>> = {
  Big5: ['big-5', 'csbig5'],
  'EUC-JP': ['eucjp', 'x-euc-jp', 'cseucpkdfmtjapanese', 'extended_unix_code_packed_format_for_japanese'],
  'EUC-KR': ['euckr', 'cseuckr'],
  GB2312: ['gb_2312', 'csgb2312'],
  'ISO-2022-JP': ['csiso2022jp'],
  'ISO-8859-1': ['iso8859-1', 'iso_8859-1', 'iso_8859-1:1987', 'iso-ir-100', 'latin1', 'l1', 'ibm819', 'cp819'],
  'KOI8-R': ['koi8r', 'cskoi8r'],
  Shift_JIS: ['shift-jis', 'sjis', 'x-sjis', 'ms_kanji', 'csshiftjis', 'windows-31j', 'cswindows31j', 'cp932'],
  'US-ASCII': ['ascii', 'us', 'iso646-us', 'iso_646.irv:1991', 'ansi_x3.4-1968', 'iso-ir-6', 'ibm367', 'cp367'],
  'UTF-8': ['utf8', 'csutf8'],
  'WINDOWS-1251': ['cp1251', 'x-cp1251', 'cswindows1251'],
  'X-WINDOWS-ISO2022JP': ['windows-iso2022jp', 'x-windows-iso-2022-jp'],
}

const ENCODING_OF: ReadonlyMap<string, Encoding> = new Map(
  (Object.keys(ALIASES) as Encoding[]).flatMap((encoding) =>
    ALIASES[encoding].map((alias) => [alias, encoding] as const),
  ),
)

/** The encoding that a Content-Type's `charset` means, by our name or an alias, in any case; null when it is none of ours. */
export function charsetEncoding(charset: string): Encoding | null {
  return parseEncoding(charset) ?? ENCODING_OF.get(charset.trim().toLowerCase()) ?? null
}
