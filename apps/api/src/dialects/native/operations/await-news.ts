import { isEnded } from '@muster/contracts'
import type { News, Watch } from '../../../watch/watch.ts'

/**
 * Milliseconds after which an operation is read again although nothing was seen to change: what is
 * told of it depends on other operations too, such as its place among those that wait.
 */
const READ_AGAIN_MS = 2_000

interface Wait {
  /** A time of `performance.now()`, in milliseconds. */
  readonly until: number
  readonly of: 'end' | 'change'
}

/** Yields whenever the operation is worth reading again; returns when the wait, or the watch, is over. */
export async function* awaitNews(watch: Watch, wait: Wait): AsyncGenerator<void> {
  let last: string | null = null
  let readAt = performance.now()
  while (performance.now() < wait.until) {
    const readAgainAt = wait.of === 'end' ? Number.POSITIVE_INFINITY : readAt + READ_AGAIN_MS
    const news = await watch.next(Math.max(0, Math.min(wait.until, readAgainAt) - performance.now()))
    if (news.kind === 'over') return
    const seen: string | null = news.kind === 'none' ? last : factsOf(news)
    const isNews = seen !== last && (wait.of === 'change' || isEnd(news))
    last = seen
    if (!isNews && performance.now() < readAgainAt) continue
    readAt = performance.now()
    yield
  }
}

function isEnd(news: News): boolean {
  return news.kind === 'gone' || (news.kind === 'look' && isEnded(news.look.operation.state))
}

function factsOf(news: News): string {
  if (news.kind !== 'look') return news.kind
  const { number: _, ...facts } = news.look.operation
  return JSON.stringify(facts)
}
