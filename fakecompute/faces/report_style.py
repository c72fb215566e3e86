"""How the page of faces/report.py looks: by day and by night, on paper and on a telephone."""

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #657184; --line: #e3e7ed; --ground: #fff; --raised: #f6f8fa;
  --call: #0b63c5; --good: #0f7b4c; --bad: #b3261e; --event: #7a3fb5; --mark: #fff4e5;
  --fine: #e9f7ef; --broken: #fdecea; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e8ef; --soft: #8f9bab; --line: #27303b; --ground: #11151b;
  --raised: #1a2028; --call: #6db0ff; --good: #4cc38a; --bad: #ff8a80; --event: #c39bf5; --mark: #2b2416;
  --fine: #12261c; --broken: #2b1715; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 4.5rem; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
main { max-width: 76rem; margin: 0 auto; padding: 2rem 1.5rem 4rem; }
h1 { margin: 0; font-size: 1.6rem; overflow-wrap: anywhere; } h2 { margin: 0; font-size: 1.1rem; }
header p { margin: .3rem 0; color: var(--soft); font-size: 1.05rem; }
ol, ul { list-style: none; margin: 0; padding: 0; }
.facts { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; color: var(--soft); font-size: .9rem; }
time, i, pre, dd { font: 13px/1.6 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
time { color: var(--soft); text-align: right; white-space: nowrap; }
a { color: inherit; text-decoration: none; } a time { color: var(--call); } a:hover time { text-decoration: underline; }
.verdict { margin: 1.5rem 0 2.5rem; padding: 1rem 1.2rem; border-radius: 10px; border-left: 5px solid; }
.fine { background: var(--fine); border-color: var(--good); } .fine h2 { color: var(--good); }
.broken { background: var(--broken); border-color: var(--bad); } .broken h2 { color: var(--bad); }
.verdict ol { margin-top: .5rem; } .given-up { margin: .5rem 0 0; }
.verdict li { display: grid; grid-template-columns: 6rem 9rem minmax(0, 1fr); gap: 0 1rem; padding: .25rem 0; }
.verdict li span { overflow-wrap: anywhere; } .verdict b { color: var(--bad); }
.boxes { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; position: sticky; top: 0; z-index: 1; padding: .6rem 0;
  background: var(--ground); border-bottom: 1px solid var(--line); font-size: .9rem; }
.boxes label { cursor: pointer; color: var(--soft); } .boxes input { vertical-align: -1px; }
.timeline li { border-bottom: 1px solid var(--line); }
.timeline li > div, summary { display: grid; grid-template-columns: 6.5rem 2.2rem minmax(8rem, 19rem) minmax(0, 1fr);
  gap: 0 .9rem; align-items: baseline; padding: .22rem .4rem; }
summary { cursor: pointer; list-style: none; } summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--raised); } details[open] > summary { background: var(--raised); }
i { font-style: normal; text-align: center; color: var(--good); }
.timeline b { font-weight: 500; overflow-wrap: anywhere; } .timeline span { overflow-wrap: anywhere; }
.call b { color: var(--call); } .fault b, .fault i, .fault span { color: var(--bad); font-weight: 600; }
.event b, .event i, .event span { color: var(--event); } .transition b { color: var(--soft); }
.bad i, .bad span { color: var(--bad); } .good span { color: var(--good); }
.marked { background: var(--mark); }
:target { outline: 2px solid var(--call); outline-offset: -2px; border-radius: 4px; }
.chip { margin-left: .6rem; padding: .05rem .55rem; border-radius: 99px; background: var(--bad); color: var(--ground);
  font-size: .8rem; font-weight: 600; white-space: nowrap; }
li.wait { padding: .25rem 0 .25rem 11.4rem; color: var(--soft); font-style: italic; font-size: .9rem; }
details > :not(summary) { margin-left: 10.9rem; margin-right: 1rem; }
dl { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: .1rem 1rem; padding: .4rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
h4 { margin-top: .2rem; margin-bottom: .2rem; color: var(--soft); font-weight: 500; }
pre { margin-top: 0; margin-bottom: .8rem; padding: .6rem .8rem; max-height: 24rem; overflow: auto;
  border-radius: 8px; background: var(--raised); }
body:has(#show-call:not(:checked)) li.call, body:has(#show-transition:not(:checked)) li.transition,
body:has(#show-fault:not(:checked)) li.fault, body:has(#show-event:not(:checked)) li.event { display: none; }
footer { margin-top: 2rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 46rem) { main { padding: 1rem .8rem 3rem; } .verdict li { display: block; }
  .verdict b { margin: 0 .6rem; } .timeline li > div, summary { grid-template-columns: 5.5rem 2rem minmax(0, 1fr); }
  .timeline summary span, .timeline div span { grid-column: 3; } details > :not(summary), li.wait { margin-left: 0;
  padding-left: .8rem; } dl { grid-template-columns: 6rem minmax(0, 1fr); } }
@media print { .boxes { display: none; } .timeline li { break-inside: avoid; } }
"""
