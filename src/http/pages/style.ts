/** The style sheet of all pages without scripts: dark and light, from 320 px. The policy contains its hash. */
export const style = `
:root { color-scheme: light dark; --ink: light-dark(#1b2a41, #e6ebf3); --quiet: light-dark(#526077, #a5b1c4);
  --paper: light-dark(#fff, #171e2b); --card: light-dark(#f4f7fb, #212a3b); --bar: light-dark(#0b3a6e, #12233d);
  --line: light-dark(#cbd5e1, #44536c); --link: light-dark(#0b5cad, #8cc7ff); --well: light-dark(#14683a, #7ddea4);
  --ill: light-dark(#a4161a, #ffb3b3) }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif }
header { display: flex; flex-wrap: wrap; gap: 6px 16px; align-items: center; padding: 12px max(16px, calc(50% - 448px));
  background: var(--bar); color: #fff }
header a { color: #fff; font-weight: 600; text-decoration: none }
.badge { padding: 1px 10px; border-radius: 99px; background: #ffd166; color: #3d2c00;
  font-size: 13px; font-weight: 500 }
main { max-width: 928px; margin: 0 auto; padding: 28px 16px 56px }
h1 { margin: 0 0 12px; font-size: 30px; line-height: 1.25 }
h2 { margin: 36px 0 12px; font-size: 20px }
p { margin: 0 0 12px; max-width: 70ch }
a { color: var(--link) }
:focus-visible { outline: 2px solid #4aa8ff; outline-offset: 2px; border-radius: 3px }
code, pre { font: 14px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere }
pre { margin: 0 0 12px; padding: 14px 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--card);
  white-space: pre-wrap }
ul { margin: 0 0 12px; padding-left: 20px }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 270px), 1fr)); gap: 12px; padding: 0;
  list-style: none }
.cards li { padding: 14px 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--card) }
.cards a { font-weight: 600 }
.cards span { display: block; color: var(--quiet); font-size: 14.5px }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 20px; margin: 0 0 12px }
dt { color: var(--quiet) }
dd { margin: 0; overflow-wrap: anywhere }
.sentences dd::first-letter { text-transform: uppercase }
.table { margin: 0 0 16px; overflow-x: auto }
table { border-collapse: collapse; min-width: 100%; font-size: 15px }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); text-align: left; font-weight: 400 }
thead th { color: var(--quiet); font-size: 14px; white-space: nowrap }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
th:last-child, td:last-child { padding-right: 0 }
.well { color: var(--well); font-weight: 600 }
.ill { color: var(--ill); font-weight: 600 }
.quiet { color: var(--quiet) }
@media (max-width: 480px) { dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: 8px } h1 { font-size: 25px }
  pre code { font-size: 13px } th, td { padding-right: 9px; font-size: 13.5px } thead th { font-size: 12.5px } }
`
