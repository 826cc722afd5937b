/** How the page looks: one style sheet, light and dark, and the one script, which only helps older browsers along. */

export const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --quiet: #57606a; --line: #d0d7de; --soft: #f6f8fa; --link: #0550ae;
  --good: #116329; --bad: #a40e26; --warn: #7a4b00; --known: #0b5a75; --mark: #fff8c5 }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --quiet: #9da7b3; --line: #3d444d; --soft: #161b22;
  --link: #79b8ff; --good: #56d364; --bad: #ff8a80; --warn: #e3b341; --known: #76d5ef; --mark: #3a3000 } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem 1.5rem 4rem; max-width: 90rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 1.5rem } h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem } h3 { font-size: 1.1rem; margin: 2rem 0 .5rem }
h4 { font-size: 1rem; margin: 1.5rem 0 .4rem } h5 { font-size: .95rem; margin: 1.2rem 0 .4rem }
a { color: var(--link) } :focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
code, pre, .request, .response { font-family: ui-monospace, monospace; font-size: .9em }
pre { margin: 0 0 .75rem; padding: .6rem .8rem; overflow: auto; max-height: 30rem; background: var(--soft); border: 1px solid var(--line);
  border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere }
.quiet, .note, .label { color: var(--quiet) } .label, .note { margin: .3rem 0; font-size: .9em }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.scroll { overflow-x: auto }
table { border-collapse: separate; border-spacing: 0 } th, td { border: solid var(--line); border-width: 0 1px 1px 0; padding: .3rem .6rem; text-align: left; vertical-align: top }
thead th { background: var(--soft); border-top-width: 1px } tr > :first-child { border-left-width: 1px } th small { display: block; font-weight: normal; color: var(--quiet) }
.matrix tbody th { font-weight: normal; min-width: 22rem }
.matrix th:first-child:not(.topic) { position: sticky; left: 0; z-index: 1 } .matrix tbody th:not(.topic) { background: var(--paper) } .matrix tbody th code { color: var(--quiet); font-size: .85em }
.matrix tbody .topic { background: var(--soft); font-weight: 600 } .matrix td { white-space: nowrap }
.matrix td a { display: block; text-decoration: none } .matrix td a:hover { text-decoration: underline }
.verdict { font-weight: 600; white-space: nowrap } .pass { color: var(--good) } .fail, .error { color: var(--bad) }
.warn, .not-exercised { color: var(--warn) } .known { color: var(--known) } .not-applicable { color: var(--quiet); font-weight: normal }
fieldset { border: 0; padding: 0; margin: 1rem 0 } fieldset label { margin-right: 1.5rem }
body:has(#findings-only:checked) .clean { display: none }
details.case { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0 } details.case > summary { padding: .45rem .8rem; cursor: pointer }
details.case[open] > summary { border-bottom: 1px solid var(--line); background: var(--soft) } .inside { padding: .2rem 1rem 1rem; scroll-margin-top: 6rem }
.inside:focus-visible { outline-offset: -3px } .sequence li { scroll-margin-top: 3rem }
.checks { padding-left: 1.1rem } .checks li { margin: .35rem 0 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .3rem 0 .8rem } dt { color: var(--quiet) }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line }
.sequence { list-style: none; padding: 0; margin: .5rem 0; max-width: 62rem } .sequence li { padding: .35rem .5rem; border-left: 4px solid transparent }
.sequence li.evidence { background: var(--mark); border-left-color: var(--warn) } .sequence li.evidence .note { color: var(--ink) }
.lanes { display: grid; grid-template-columns: 5.5rem 1fr 8rem; align-items: center } .who { font-weight: 600 } .who:first-child { text-align: right; padding-right: .6rem }
.who:last-child { padding-left: .6rem } .wires { border: solid var(--quiet); border-width: 0 2px; padding: .2rem 0 }
.wires p { margin: .15rem .1rem; padding: 0 .8rem; position: relative; border-bottom: 2px solid currentColor; overflow-wrap: anywhere }
.wires p::after { content: ''; position: absolute; bottom: -6px; border: 5px solid transparent }
.request::after { right: -1px; border-left-color: currentColor !important; border-right-width: 0 !important }
.response { text-align: right } .response::after { left: -1px; border-right-color: currentColor !important; border-left-width: 0 !important }
.response.good { color: var(--good) } .response.bad { color: var(--bad) } .response.lost { border-bottom-style: dashed }
.raw { margin-left: 5.5rem } .raw summary { cursor: pointer; color: var(--quiet); font-size: .9em } .sequence li.evidence .raw summary { color: var(--ink) }
.lineage ul { list-style: none; margin: 0; padding-left: 1.3rem; border-left: 2px solid var(--line) } .lineage > ul { border: 0; padding: 0 }
.lineage li { margin: .25rem 0 }
@media (max-width: 40rem) { .matrix tbody th { min-width: 11rem } .lanes { grid-template-columns: 4.2rem 1fr } .lanes .who:last-child { display: none } .raw { margin-left: 0 } body { padding: 1rem .75rem } dl { grid-template-columns: 1fr } }
@media print { details::details-content { content-visibility: visible; height: auto } .scroll { overflow: visible } fieldset { display: none } }
`

/** Browsers open the <details> around a target by themselves; for those that do not yet, and to move the focus along. */
export const script = `
const show = () => {
  const target = document.getElementById(location.hash.slice(1))
  if (!target) return
  for (let around = target.closest('details'); around; around = around.parentElement.closest('details')) around.open = true
  target.scrollIntoView()
  target.focus()
}
addEventListener('hashchange', show)
show()
`
