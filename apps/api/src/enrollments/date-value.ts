const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
const AMERICAN_DATE = /^(\d\d)\/(\d\d)\/(\d{4})$/
const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z?$/

/**
 * A date in its one spelling, `YYYY-MM-DD`, from that or `MM/DD/YYYY`; or a time, `YYYY-MM-DDTHH:MM:SSZ`, from that
 * or the same without `Z`, which is taken for UTC. Null for another spelling, and for a day or time that does not
 * exist.
 */
export function readDateValue(text: string): string | null {
  const american = AMERICAN_DATE.exec(text)
  const date = american === null ? text : `${american[3]}-${american[1]}-${american[2]}`
  if (DATE.test(date)) return isReal(`${date}T00:00:00.000Z`) ? date : null
  if (!TIME.test(text)) return null
  const time = text.endsWith('Z') ? text : `${text}Z`
  return isReal(time.replace('Z', '.000Z')) ? time : null
}

/** A day that its month has not comes out of the calendar as another one. */
function isReal(instant: string): boolean {
  const time = Date.parse(instant)
  return !Number.isNaN(time) && new Date(time).toISOString() === instant && !instant.startsWith('0000')
}
