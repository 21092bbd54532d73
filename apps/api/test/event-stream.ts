/** A block of a stream of server-sent events; null for what it does not have. */
export interface StreamEvent {
  readonly event: string | null
  readonly id: string | null
  readonly retry: string | null
  readonly data: {
    readonly state?: string
    readonly to?: string
    readonly from?: string | null
    readonly by?: string
    readonly reason?: string
    readonly paused: boolean
    readonly rows?: { readonly total: number | null; readonly succeeded: number; readonly failed: number }
    readonly rowsPerSecond?: number | null
    readonly estimatedEnd?: string | null
  } | null
  /** Milliseconds of `performance.now()` when it came. */
  readonly at: number
}

/** The events of an answer, as they come; it returns when the stream ends. */
export async function* eventsOf(answer: Pick<Response, 'body'>): AsyncGenerator<StreamEvent> {
  if (answer.body === null) return
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of answer.body) {
    text += decoder.decode(bytes, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) yield eventOf(block)
  }
}

function eventOf(block: string): StreamEvent {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2) ?? null
  const data = field('data')
  return {
    event: field('event'),
    id: field('id'),
    retry: field('retry'),
    data: data === null ? null : JSON.parse(data),
    at: performance.now(),
  }
}

/** Events up to the first that is wanted, which comes last. Throws when the stream ends before. */
export async function until(
  events: AsyncGenerator<StreamEvent>,
  isWanted: (event: StreamEvent) => boolean,
): Promise<readonly StreamEvent[]> {
  const seen: StreamEvent[] = []
  for (;;) {
    const { value, done } = await events.next()
    if (done) throw new Error(`the stream ended after ${JSON.stringify(seen)}`)
    seen.push(value)
    if (isWanted(value)) return seen
  }
}
