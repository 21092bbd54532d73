import { APPS, SETTING_GROUPS, type Setting } from '@muster/process'

/** The page with the table under each group's heading as the declarations have it. */
export function withTables(page: string): string {
  return Object.entries(SETTING_GROUPS).reduce((text, [title, group]) => {
    const section = new RegExp(`(^## ${title}\\n(?:(?!## |\\|).*\\n)*)((?:\\|.*\\n)+)`, 'm')
    if (!section.test(text)) throw new Error(`docs/configuration.md has no table under "## ${title}"`)
    return text.replace(section, (_, before: string) => before + table(Object.entries<Setting>(group)))
  }, page)
}

function table(settings: readonly [string, Setting][]): string {
  const rows = settings.map(([name, setting]) => {
    const variable = setting.isSecret ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``
    const cells = [variable, defaultOf(setting), valuesOf(setting.schema) ?? '', readers(setting), setting.meaning]
    return `| ${cells.join(' | ')} |\n`
  })
  return `| variable | default | values | read by | meaning |\n| --- | --- | --- | --- | --- |\n${rows.join('')}`
}

/** What is taken where nothing is given. What only npm start can do without is required elsewhere. */
function defaultOf({ schema, standsFor, readBy }: Setting): string {
  const none = schema.safeParse(undefined)
  if (none.success && none.data !== undefined) return `\`${String(none.data)}\``
  const elsewhere = none.success || readBy.every((app) => app === 'standalone') ? '' : '; required elsewhere'
  return standsFor === undefined ? 'none' : `${standsFor}${elsewhere}`
}

function readers({ readBy }: Setting): string {
  return APPS.every((app) => readBy.includes(app)) ? 'all' : readBy.join(', ')
}

function valuesOf(schema: Setting['schema']): string | null {
  const values = schema.meta()?.['values']
  if (typeof values === 'string') return values
  const inner =
    'unwrap' in schema && typeof schema.unwrap === 'function' ? (schema.unwrap() as Setting['schema']) : null
  return inner === null ? null : valuesOf(inner)
}

const WIDTH = 110

const HEAD = `# Every setting of Muster, with its default. A variable that is empty counts as not set; a wrong
# value keeps the process from starting, and all that is wrong is told at once. A secret may be given
# as the path of a file that holds it instead, by its name and _FILE. docs/configuration.md tells more.
#
# docker compose reads a file named .env by itself. For npm start:  set -a; . ./.env; set +a; npm start
`

/** A file to start from, with every setting. */
export function exampleFile(): string {
  const groups = Object.entries(SETTING_GROUPS).map(([title, group]) => {
    const settings = Object.entries<Setting>(group).map(([name, setting]) => {
      const { data } = setting.schema.safeParse(undefined)
      return `${comment(setting)}${name}=${data === undefined ? '' : String(data)}\n`
    })
    return `\n# ${`--- ${title.toLowerCase()} `.padEnd(WIDTH - 2, '-')}\n\n${settings.join('\n')}`
  })
  return HEAD + groups.join('')
}

function comment(setting: Setting): string {
  const values = valuesOf(setting.schema)
  const told = setting.meaning + (values === null ? '' : ` Values: ${values}.`)
  const lines = ['#']
  for (const word of told.replaceAll('`', '').split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > WIDTH) lines.push('#')
    lines[lines.length - 1] += ` ${word}`
  }
  return `${lines.join('\n')}\n`
}
