/** The look of a report: the reader's own fonts; light, dark and paper. */
export const pageStyle = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --fill: #f6f8fa;
  --good: #2b6cb0; --ready: #2f9e77; --look: #d9902f; --none: #9aa4b0; --bad: #c0392b; --plain: #5c6f82; }
@media (prefers-color-scheme: dark) { :root { --paper: #12161b; --ink: #e6e9ed; --soft: #a3adb8; --line: #343c45; --fill: #1b2128;
  --good: #6aa9e9; --ready: #57c79c; --look: #efb35a; --none: #6c7884; --bad: #ef7d70; --plain: #9fb0c1; } }
@media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #333; --line: #999; --fill: #fff;
  --good: #2b6cb0; --ready: #2f9e77; --look: #d9902f; --none: #9aa4b0; --bad: #c0392b; --plain: #5c6f82; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
p { margin: .25rem 0 .75rem; max-width: 44rem; }
header p, caption { color: var(--soft); }
caption { white-space: nowrap; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .5rem 1.5rem; margin: 1rem 0; }
.facts div { border-left: 3px solid var(--line); padding-left: .6rem; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; overflow-wrap: anywhere; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 0; padding: .5rem 0; border-block: 1px solid var(--line); }
a { color: var(--good); }
:focus-visible { outline: 3px solid var(--look); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .25rem .75rem; }
figure { margin: 1rem 0; }
svg { display: block; width: 100%; max-width: 45rem; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: .25rem 0 0; padding: 0; font-size: .9rem; }
.swatch { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border: 1px solid var(--ink); print-color-adjust: exact; }
.swatch.good { background: var(--good); } .swatch.ready { background: var(--ready); } .swatch.look { background: var(--look); }
.swatch.none { background: var(--none); } .swatch.bad { background: var(--bad); } .swatch.plain { background: var(--plain); }
code { font: .92em ui-monospace, monospace; background: var(--fill); padding: 0 .2em; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .92rem; }
caption { text-align: left; padding: .25rem 0; }
th, td { padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.filter { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: center; margin: 1rem 0 0; }
.filter input, .filter select { font: inherit; color: inherit; background: var(--fill); border: 1px solid var(--soft); border-radius: .25rem; padding: .2rem .5rem; max-width: 100%; }
output { color: var(--soft); }
@media print { nav, .filter, .skip { display: none; } .scroll { overflow: visible; } section { break-inside: auto; } figure, tr { break-inside: avoid; } body { max-width: none; padding: 0; } }
`;
