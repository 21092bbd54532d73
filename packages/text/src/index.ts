export { canWrite, csvCharset } from './charset.ts'
export {
  type HeaderProblem,
  type HeaderRead,
  type HeaderSample,
  type ReadableHeader,
  readHeader,
} from './read-header.ts'
export { MAX_RECORD_BYTES } from './record-scanner.ts'
export { rowReader } from './row-reader.ts'
export { writeCsv } from './write-csv.ts'
