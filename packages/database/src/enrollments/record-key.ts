/** The id of an enrollment record in decimal digits, as `enrollment_records.id` is written. */
const RECORD_KEY = /^[1-9]\d{0,17}$/

/** False for a key that no record can have, and that the database would not read as one. */
export function isRecordKey(key: string): boolean {
  return RECORD_KEY.test(key)
}
