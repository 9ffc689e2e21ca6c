/// The look of the page: light and dark, on screens of any width, and on paper.
///
/// The colours of curves are those of Okabe and Ito (2008), lightened on dark ground.
enum PageStyle {
  static let source = """

    :root { --ground: #fff; --ink: #222; --muted: #5c5c5c; --line: #d8d8d8; --soft: #f4f5f7; --accent: #0061a8; --cell: #1f6fb5;
      --right: #17703c; --wrong: #b3261e; --c0: #0072b2; --c1: #c04f00; --c2: #00805a; --c3: #b0568a; --c4: #a06c00; --c5: #2a86bd; --c6: #000; }
    @media (prefers-color-scheme: dark) { :root { --ground: #16181c; --ink: #e8e8e8; --muted: #a8adb5; --line: #3a3f47; --soft: #20242a;
      --accent: #7cc0f5; --cell: #3f8fd6; --right: #62c98a; --wrong: #ff8a80; --c0: #58b3ea; --c1: #ff9a52; --c2: #3fcf9f; --c3: #eba3cc;
      --c4: #f0b840; --c5: #9ad4f7; --c6: #fff; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 72rem; padding: 1rem 1.25rem 4rem; background: var(--ground); color: var(--ink);
      font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
    h1 { font-size: 1.7rem; margin: .5rem 0; } h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; border-bottom: 1px solid var(--line); }
    h3 { font-size: 1.05rem; margin: 1rem 0 .25rem; }
    a { color: var(--accent); } :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    .skip { position: absolute; left: -999px; } .skip:focus { position: static; }
    nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; margin: 0; }
    .scroll { overflow-x: auto; margin: .75rem 0; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    caption { text-align: left; color: var(--muted); padding: .25rem 0; } th, td { padding: .25rem .6rem; text-align: right;
      border-bottom: 1px solid var(--line); overflow-wrap: normal; } th[scope=row], thead th:first-child { text-align: left; font-weight: 600; }
    thead th { font-weight: 600; vertical-align: bottom; } th button { all: unset; cursor: pointer; text-decoration: underline dotted; }
    th button:focus-visible { outline: 3px solid var(--accent); } .mark { color: var(--right); font-size: .85em; }
    figure { margin: 0; } svg { width: 100%; height: auto; max-width: 46rem; display: block; } svg.square { max-width: 24rem; }
    .curve { fill: none; stroke-width: 2; } .dashed { stroke-dasharray: 5 4; } .grid { stroke: var(--line); } .tick { fill: var(--muted);
      font-size: 12px; } .cursor { stroke: var(--muted); } .border { stroke: var(--muted); stroke-dasharray: 4 3; } .bin { fill: var(--c0); } .dot { fill: var(--c0); fill-opacity: .5; } .ideal { stroke: var(--muted); stroke-dasharray: 4 4; }
    .c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); } .c4 { stroke: var(--c4); }
    .c5 { stroke: var(--c5); } .c6 { stroke: var(--c6); } circle { fill: none; stroke-width: 2; } circle.full { fill: currentColor; }
    circle.c0 { color: var(--c0); } circle.c1 { color: var(--c1); } circle.c2 { color: var(--c2); } circle.c3 { color: var(--c3); }
    circle.c4 { color: var(--c4); } circle.c5 { color: var(--c5); } circle.c6 { color: var(--c6); }
    .legend { list-style: none; padding: 0; margin: 0 0 .25rem; display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; }
    .legend svg { display: inline-block; width: 28px; } .hint { color: var(--muted); font-size: .85rem; margin: .25rem 0; }
    .reading { min-height: 1.5em; margin: 0; font-variant-numeric: tabular-nums; }
    .matrix td { min-width: 2.6rem; text-align: center; border: 1px solid var(--line);
      background: color-mix(in srgb, var(--cell) var(--share), transparent); } .matrix .dark { color: #fff; } .matrix .none { color: var(--muted); }
    .matrix .own { font-weight: 700; } .matrix thead th { text-align: center; } .matrix tbody th { white-space: nowrap; }
    .upright thead th:not(:first-child) { writing-mode: vertical-rl; text-align: right; padding: .6rem .25rem; white-space: nowrap; }
    @media (max-width: 30rem) { figure.curves > svg { overflow: visible; } figure.curves > svg .tick { font-size: 17px; } }
    .pair { display: flex; flex-wrap: wrap; gap: 1rem; } .pair figure { flex: 1 1 18rem; }
    .gallery { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); gap: 1rem; }
    .gallery img { max-width: 100%; height: 9rem; object-fit: contain; background: var(--soft); display: block; } figcaption { font-size: .85rem; }
    .path { color: var(--muted); } .right { color: var(--right); } .wrong { color: var(--wrong); }
    .bar { min-width: 10rem; } .bar span { display: block; height: .7rem; background: var(--c0); }
    pre { background: var(--soft); padding: .75rem; overflow-x: auto; font-size: .85rem; } details { margin: .5rem 0; } summary { cursor: pointer; }
    @media print { :root { --ground: #fff; --ink: #000; --muted: #444; --line: #bbb; --soft: #fff; } nav, .hint, .reading, .skip, details { display: none; }
      body { max-width: none; padding: 0; font-size: 10pt; } section { break-inside: auto; } figure, tr, li { break-inside: avoid; } h2, caption, thead { break-after: avoid; }
      tbody tr:last-child { break-before: avoid; }
      .matrix td, .bar span, .bin { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .scroll, pre { overflow: visible; } pre { white-space: pre-wrap; } }

    """
}
