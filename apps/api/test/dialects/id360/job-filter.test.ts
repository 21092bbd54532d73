import { describe, expect, it } from 'vitest'
import { FilterRefused, parseJobFilter } from '../../../src/dialects/id360/job-filter.ts'

describe('a job filter', () => {
  it('reads text without regard to case', () => {
    const completed = { kind: 'status', among: ['COMPLETED'] }
    expect(parseJobFilter('status eq "COMPLETED"')).toEqual(completed)
    expect(parseJobFilter('STATUS EQ "completed"')).toEqual(completed)
    expect(parseJobFilter('module eq "protection"')).toEqual({ kind: 'always' })
    expect(parseJobFilter('module eq "Management"')).toEqual({ kind: 'never' })
    expect(parseJobFilter('action_name co "ENROLL"')).toEqual({ kind: 'always' })
  })

  it('knows every operator on text', () => {
    const among = (filter: string) => parseJobFilter(filter)
    expect(among('status ne "ERROR"')).toMatchObject({ among: ['QUEUED', 'RUNNING', 'COMPLETED', 'WARNING'] })
    expect(among('status sw "w"')).toMatchObject({ among: ['WARNING'] })
    expect(among('status ew "ed"')).toMatchObject({ among: ['QUEUED', 'COMPLETED'] })
    expect(among('status co "ing"')).toMatchObject({ among: ['RUNNING', 'WARNING'] })
    expect(among('status gt "QUEUED"')).toMatchObject({ among: ['RUNNING', 'WARNING'] })
    expect(among('status ge "QUEUED"')).toMatchObject({ among: ['QUEUED', 'RUNNING', 'WARNING'] })
    expect(among('status lt "ERROR"')).toMatchObject({ among: ['COMPLETED'] })
    expect(among('status le "ERROR"')).toMatchObject({ among: ['COMPLETED', 'ERROR'] })
    expect(among('status pr')).toEqual({ kind: 'always' })
  })

  it('binds not before and before or', () => {
    const never = { kind: 'never' }
    expect(parseJobFilter('start_time pr or module eq "x" and not (status eq "x")')).toEqual({
      kind: 'or',
      conditions: [
        { kind: 'started' },
        { kind: 'and', conditions: [never, { kind: 'not', condition: { kind: 'status', among: [] } }] },
      ],
    })
    expect(parseJobFilter('(start_time pr or module eq "x") and module eq "x"')).toEqual({
      kind: 'and',
      conditions: [{ kind: 'or', conditions: [{ kind: 'started' }, never] }, never],
    })
  })

  it('reads times with any offset', () => {
    const instant = new Date('2025-04-04T13:12:13.000Z')
    expect(parseJobFilter('start_time ge "2025-04-04T18:42:13+05:30"')).toEqual({
      kind: 'start',
      operator: 'ge',
      instant,
    })
  })

  it.each([
    ['', /not a SCIM filter/],
    ['status', /not a SCIM filter/],
    ['status is "x"', /not a SCIM filter/],
    ['status eq COMPLETED', /not a SCIM filter/],
    ['(status pr', /not a SCIM filter/],
    ['status pr constructor status pr', /not a SCIM filter/],
    ['status pr __proto__ status pr', /not a SCIM filter/],
    ['end_time pr', /end_time.*status, module, action_name, start_time/],
    ['userName eq "x" and status pr', /userName/],
    ['details[failed eq 1]', /details/],
    ['start_time co "2025"', /co with start_time/],
    ['start_time gt "2025-04-04"', /no time/],
    ['start_time gt "2025-13-04T00:00:00Z"', /no time/],
    ['start_time eq null', /no time/],
    ['status eq true', /status.*double quotes/],
  ])('refuses %s and says which part', (filter, message) => {
    const reading = () => parseJobFilter(filter)
    expect(reading).toThrow(FilterRefused)
    expect(reading).toThrow(message)
  })

  it('is refused when it is too long, and read or refused however deep it nests', () => {
    expect(() => parseJobFilter(`status eq "${'x'.repeat(2_000)}"`)).toThrow(/at most 2000/)
    expect(() => parseJobFilter(`${'('.repeat(900)}status pr`)).toThrow(FilterRefused)
    expect(parseJobFilter(`${'('.repeat(900)}status pr${')'.repeat(900)}`)).toEqual({ kind: 'always' })
  })
})
