import type { FactorConfig, TotpSettings } from '@muster/contracts'
import { type Column, email, matching, phone, text, type Values, Wrong } from '@muster/engine'

/** How one factor config is enrolled from a row. */
export interface Factor {
  readonly config: FactorConfig
  readonly columns: readonly Column[]
  /** What is wrong with its cells together, when each of them is right. */
  check(cells: Values): readonly { readonly column: Column; readonly wrong: Wrong }[]
  /** What to store; null when the row leaves the factor out. */
  enroll(cells: Values): { readonly data: Readonly<Record<string, unknown>>; readonly secret: string | null } | null
}

const REQUIRED = new Wrong('REQUIRED')
const BASE32 = new Wrong('INVALID_VALUE', { expected: 'at least 16 characters of A to Z and 2 to 7' })
const ALPHANUMERIC = new Wrong('INVALID_VALUE', { expected: 'at least 16 letters and digits' })
const MAX_SECRET = 256

/** The factor that a config makes of a CSV's columns; null when it cannot be enrolled by CSV. */
export function csvFactor(config: FactorConfig): Factor | null {
  const wanted = { wantedBy: config.name, inHeader: true }
  switch (config.factorType) {
    case 'EmailAuthenticator':
      return plain(
        config,
        email('Email', 'email', { ...wanted, example: ['alice@example.com', 'bob@example.com'] }),
        'email',
      )
    case 'SMSAuthenticator':
      return plain(
        config,
        phone('Mobile Number', 'mobile', { ...wanted, example: ['+14155550101', '+14155550102'] }),
        'mobile',
      )
    case 'DUOAuthenticator':
      return plain(config, text('Duo Username', 'duo', { ...wanted, example: ['alice', 'bob'] }), 'username')
    case 'GoogleAuthenticator':
      return secret(config, base32('Google Authenticator Secret Key', config))
    case 'MicrosoftAuthenticator':
      return secret(config, base32('Microsoft Authenticator Secret Key', config))
    case 'ZohoOneAuthAuthenticator':
      return secret(config, alphanumeric('Zoho OneAuth Secret Key', config))
    case 'CustomTOTPAuthenticator':
      return totp(config)
    case 'SQAAuthenticator':
      return questions(config)
    default:
      return null
  }
}

function plain(config: FactorConfig, column: Column, field: string): Factor {
  return {
    config,
    columns: [column],
    check: () => [],
    enroll: ([value]) => (value == null ? null : { data: { [field]: value }, secret: null }),
  }
}

function secret(config: FactorConfig, column: Column): Factor {
  return {
    config,
    columns: [column],
    check: () => [],
    enroll: ([key]) => (typeof key === 'string' ? { data: {}, secret: key } : null),
  }
}

function totp(config: FactorConfig): Factor {
  const key = base32(`${config.name} Secret Key`, config)
  if (!isHardware(config)) return secret(config, key)
  const options = { wantedBy: config.name, inHeader: true, example: ['SN-0001', 'SN-0002'] } as const
  const serial = text(`${config.name} Serial Number`, 'serial', options)
  return {
    config,
    columns: [key, serial],
    check: ([keyCell, serialCell]) => pairMistakes([key, keyCell], [serial, serialCell]),
    enroll: ([keyCell, serialCell]) =>
      typeof keyCell === 'string' ? { data: { serial_number: serialCell }, secret: keyCell } : null,
  }
}

function isHardware({ settings }: FactorConfig): boolean {
  return (settings as Partial<TotpSettings>).token_type === 'hardware'
}

const PAIRS = [1, 2, 3, 4, 5] as const
const EXAMPLES = [
  ['What was your first pet called?', 'Rex', 'In which town were you born?', 'Bern'],
  ['What was your first car?', 'Beetle', 'What was your first school?', 'Hillside'],
] as const

/** Up to five questions with their answers. Both are sealed: a question can say as much as its answer. */
function questions(config: FactorConfig): Factor {
  const columns = PAIRS.flatMap((pair) => {
    const [first, other] = EXAMPLES
    const [shown, hidden] = pair === 1 ? [first, other] : [[], []]
    const wanted = { wantedBy: config.name, inHeader: pair === 1 }
    return [
      text(`Security Question ${pair}`, `question_${pair}`, { ...wanted, example: [shown[0] ?? '', hidden[0] ?? ''] }),
      text(`Security Answer ${pair}`, `answer_${pair}`, { ...wanted, example: [shown[1] ?? '', hidden[1] ?? ''] }),
    ]
  })
  const pairs = (cells: Values) =>
    PAIRS.map((_, i) => ({ question: cells[2 * i] ?? null, answer: cells[2 * i + 1] ?? null }))
  return {
    config,
    columns,
    check: (cells) =>
      pairs(cells).flatMap(({ question, answer }, i) => {
        const [questionColumn, answerColumn] = [columns[2 * i], columns[2 * i + 1]]
        if (questionColumn === undefined || answerColumn === undefined) return []
        return pairMistakes([questionColumn, question], [answerColumn, answer])
      }),
    enroll(cells) {
      const filled = pairs(cells).filter(({ question }) => question !== null)
      return filled.length === 0 ? null : { data: { questions: filled.length }, secret: JSON.stringify(filled) }
    },
  }
}

/** Of two cells that go together, the empty one when the other is filled. */
function pairMistakes(...pair: readonly [Column, Values[number] | undefined][]): { column: Column; wrong: Wrong }[] {
  const empty = pair.filter(([, cell]) => cell == null)
  return empty.length === pair.length ? [] : empty.map(([column]) => ({ column, wrong: REQUIRED }))
}

function base32(name: string, config: FactorConfig): Column {
  const example = ['JBSWY3DPEHPK3PXP', 'KRSXG5CTMVRXEZLU'] as const
  const options = { wantedBy: config.name, inHeader: true, max: MAX_SECRET, example }
  return matching(name, 'secret', options, /^[A-Z2-7]{16,}$/u, BASE32)
}

function alphanumeric(name: string, config: FactorConfig): Column {
  const example = ['k3Jd82mQpL0aXz71', 'Qw9e8Rt7Yu6iOp5a'] as const
  const options = { wantedBy: config.name, inHeader: true, max: MAX_SECRET, example }
  return matching(name, 'secret', options, /^[A-Za-z0-9]{16,}$/u, ALPHANUMERIC)
}
