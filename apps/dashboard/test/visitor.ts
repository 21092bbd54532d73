/** Of all operators whom `startDashboard` makes. */
export const PASSWORD = 'correct horse battery'

export interface VisitorRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: URLSearchParams | string
  /** False: without the token against forgeries that Bull Board's pages send. */
  readonly csrf?: boolean
}

/** What a browser does with cookies, and axios with the one for it. Redirects are not followed. */
export function visitor(url: string) {
  const cookies = new Map<string, string>()
  const request = async (path: string, { method = 'GET', headers = {}, body, csrf = true }: VisitorRequest = {}) => {
    const token = cookies.get('XSRF-TOKEN')
    const response = await fetch(new URL(path, url), {
      method,
      redirect: 'manual',
      headers: {
        ...(cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...(csrf && method !== 'GET' && token !== undefined ? { 'x-xsrf-token': token } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    })
    for (const line of response.headers.getSetCookie()) keep(cookies, line)
    return response
  }
  return {
    cookies,
    request,
    json: async <T>(path: string) => (await (await request(path)).json()) as T,
    text: async (path: string) => (await request(path)).text(),
    signIn: (name: string, password = PASSWORD, next = '', headers: Readonly<Record<string, string>> = {}) =>
      request('/sign-in', { method: 'POST', body: new URLSearchParams({ name, password, next }), headers }),
  }
}

export type Visitor = ReturnType<typeof visitor>

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';')
  const [name = '', value = ''] = pair.split('=')
  const expires = attributes.find((attribute) => /^\s*expires=/i.test(attribute))?.split('=')[1]
  if (expires !== undefined && new Date(expires) <= new Date()) cookies.delete(name)
  else cookies.set(name, value)
}
