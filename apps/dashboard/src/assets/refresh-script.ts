/**
 * Brings the elements with `data-refresh` up to date: the page is fetched again every so many seconds (the attribute
 * of `body > main`'s first such element), and each is replaced by what has its id now. It rests while nobody sees
 * the page, and leaves alone what the keyboard's focus or a selection is in. What goes wrong is told in the element
 * with `data-refresh-status`.
 *
 * Plain JavaScript for browsers, since nothing is compiled for them.
 */
export const REFRESH_SCRIPT = `
const parts = () => [...document.querySelectorAll('[data-refresh]')]
const status = (text) => {
  const place = document.querySelector('[data-refresh-status]')
  if (place !== null && place.textContent !== text) place.textContent = text
}
const inUse = (part) => {
  const selection = document.getSelection()
  const selected = selection !== null && !selection.isCollapsed && selection.containsNode(part, true)
  return selected || part.contains(document.activeElement)
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, signal: AbortSignal.timeout(10000) })
  if (answer.status === 401 || new URL(answer.url).pathname !== location.pathname) {
    status('You are signed out; load the page again to sign in. What you see is not up to date.')
    return false
  }
  if (!answer.ok) throw new Error(String(answer.status))
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const part of parts()) {
    const other = fresh.getElementById(part.id)
    if (other !== null && !inUse(part) && other.outerHTML !== part.outerHTML) part.replaceWith(other)
  }
  status('Up to date.')
  return true
}

const seconds = Number(parts()[0]?.dataset.refresh)
const seen = () => new Promise((resolve) => {
  if (!document.hidden) return resolve()
  document.addEventListener('visibilitychange', function look() {
    if (document.hidden) return
    document.removeEventListener('visibilitychange', look)
    resolve()
  })
})

async function keepFresh() {
  for (let goOn = true; goOn;) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    await seen()
    goOn = await refresh().catch(() => {
      status('The page cannot be brought up to date at the moment; trying again.')
      return true
    })
  }
}
if (seconds > 0) void keepFresh()
`
