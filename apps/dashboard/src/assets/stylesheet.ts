/** How pages of `layout` look. Colours keep a contrast of at least 4.5 to 1 on their grounds, light and dark. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fff, #16181d);
  --raised: light-dark(#f4f5f8, #20232b);
  --text: light-dark(#1a1d24, #e8eaf0);
  --quiet: light-dark(#565d6d, #a7aebd);
  --line: light-dark(#d5d9e2, #383d4a);
  --accent: light-dark(#1f4fbf, #9db7ff);
  --button: #1f4fbf;
  --good: light-dark(#1b6b3a, #7fd6a2);
  --bad: light-dark(#a8281b, #ff9d92);
  --warn: light-dark(#855300, #f3c069);
}
* { box-sizing: border-box }
body { margin: 0; font: .9375rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground) }
a { color: var(--accent) }
:focus-visible { outline: 3px solid #f5a623; outline-offset: 2px }
.skip { position: absolute; left: -999rem }
.skip:focus { left: .5rem; top: .5rem; padding: .5rem; background: var(--ground) }
body > header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; justify-content: space-between; align-items: center;
  padding: .5rem 1.25rem; background: var(--raised); border-bottom: 1px solid var(--line) }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center }
nav a[aria-current] { font-weight: 600; color: inherit; text-decoration-thickness: 2px; text-underline-offset: .3em }
header form { display: flex; gap: .75rem; align-items: center }
main { padding: 1rem 1.25rem 3rem; max-width: 110rem; margin: 0 auto }
main:focus { outline: none }
h1 { font-size: 1.375rem; line-height: 1.3; margin: .25rem 0 1rem; overflow-wrap: anywhere }
h2 { font-size: 1.0625rem; margin: 2rem 0 .5rem }
small, .quiet { color: var(--quiet); font-size: .8125rem }
button, .button { font: inherit; display: inline-block; padding: .3rem .8rem; border: 1px solid var(--button);
  border-radius: .3rem; background: var(--button); color: #fff; text-decoration: none; cursor: pointer }
button.plain, header button { background: transparent; color: var(--text); border-color: var(--line) }
button.danger, .button.danger { background: #a8281b; border-color: #a8281b }
input, select { font: inherit; min-height: 2.2rem; padding: .3rem .5rem; border: 1px solid var(--quiet); border-radius: .3rem;
  background: var(--ground); color: inherit; max-width: 100% }
.search { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; margin: 1rem 0 }
.search label { display: grid; gap: .15rem; font-size: .8125rem; color: var(--quiet) }
.search label.wide { flex: 1 1 22rem }
.tabs { display: flex; flex-wrap: wrap; gap: .25rem; list-style: none; margin: 0; padding: 0 }
.tabs a { display: block; padding: .25rem .7rem; border: 1px solid var(--line); border-radius: 1rem;
  text-decoration: none; color: inherit }
.tabs a[aria-current] { background: var(--button); border-color: var(--button); color: #fff }
.tabs b { font-variant-numeric: tabular-nums; font-weight: 600 }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line) }
th { font-size: .8125rem; color: var(--quiet); font-weight: 600; white-space: nowrap }
.number { text-align: right; white-space: nowrap }
.name { overflow-wrap: anywhere; min-width: 10rem }
code { font: .8125rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
.state { font-weight: 600; white-space: nowrap }
.COMPLETED { color: var(--good) }
.FAILED { color: var(--bad) }
.PROCESSING { color: var(--accent) }
.paused { color: var(--warn); font-weight: 600 }
progress { width: 7rem; height: .6rem; accent-color: var(--button) }
dl.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .75rem 1.5rem; margin: 1rem 0 }
dl.facts dt { font-size: .8125rem; color: var(--quiet) }
dl.facts dd { margin: 0; overflow-wrap: anywhere }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0 }
.actions form { margin: 0 }
[role=alert] { border-left: 4px solid var(--bad); padding: .4rem .8rem; margin: 1rem 0; background: var(--raised) }
pre { overflow-x: auto; padding: .75rem; background: var(--raised); border-radius: .3rem }
[data-refresh-status] { min-height: 1.5em; color: var(--quiet); font-size: .8125rem }
`
