import { describe, expect, it } from 'vitest'
import { layout } from '../src/layout.ts'

describe('the layout', () => {
  const grace = { name: 'Grace <b>', role: 'operator', csrf: '"><script>' } as const
  const html = layout({ title: '<i>Queues</i>', active: 'queues', signedIn: grace }, '<p>body</p>')

  it('says who is signed in, in which role, and lets them sign out', () => {
    expect(html).toContain('Grace &lt;b&gt; <small>(operator)</small>')
    expect(html).toContain('<form method="post" action="/sign-out">')
    expect(html).toContain('name="_csrf" value="&quot;&gt;&lt;script&gt;"')
  })

  it('has the parts of the dashboard, and tells which one this is', () => {
    expect(
      [...html.matchAll(/<a href="(\/\w+)"( aria-current="true")?>/g)].map(([, path, current]) => [path, current]),
    ).toEqual([
      ['/operations', undefined],
      ['/queues', ' aria-current="true"'],
      ['/audit', undefined],
    ])
  })

  it('escapes the title and not the body', () => {
    expect(html).toContain('<h1>&lt;i&gt;Queues&lt;/i&gt;</h1>\n<p>body</p>')
  })
})
