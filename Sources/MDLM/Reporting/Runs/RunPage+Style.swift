extension RunPage {
  /// How pages about runs look: blue is training or the first run, orange validation or the second.
  static let style = """
    :root { --first: rgb(var(--blue)); --second: var(--lost); --bad: #cf222e; --tenth: 58%; }
    @media (prefers-color-scheme: dark) { :root { --bad: #f85149; --tenth: 74%; } }
    .run0 { --hue: var(--first); } .run1, .validation { --hue: var(--second); }
    header { padding: 20px 0 4px; }
    h1 { font-size: 24px; overflow-wrap: anywhere; }
    h1 .run0, h1 .run1, th .run0, th .run1, b.run0, b.run1, .verdict span { color: var(--hue); }
    h2 { margin: 32px 0 6px; }
    .badge { font-size: 12px; font-weight: 500; padding: 1px 8px; border-radius: 10px;
      border: 1px solid var(--line); color: var(--quiet); vertical-align: middle; white-space: nowrap; }
    .badge.finished, .badge.best { color: var(--new); border-color: currentColor; }
    .badge.running, .badge.latest { color: rgb(var(--blue)); border-color: currentColor; }
    .badge.killed, .badge.skipped { color: var(--bad); border-color: currentColor; }
    .badge.spike { color: var(--lost); border-color: currentColor; }
    dl.figures { display: flex; flex-wrap: wrap; gap: 1px; margin: 12px 0 0; background: var(--line);
      border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
    dl.figures > div { flex: 1 1 148px; background: var(--panel); padding: 10px 14px; }
    dt { font-size: 13px; color: var(--quiet); }
    dd { margin: 0; font-variant-numeric: tabular-nums; }
    dt + dd { font-size: 22px; font-weight: 600; line-height: 1.3; }
    .charts { display: grid; gap: 28px 36px; align-items: end; margin-top: 28px;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
    .chart { min-width: 0; }
    .chart.wide { grid-column: 1 / -1; }
    figcaption { line-height: 1.6; min-height: 1.6em; }
    figcaption b { color: var(--ink); font-size: 14px; margin-right: 10px; }
    .key { white-space: nowrap; margin-right: 12px; }
    .key i { display: inline-block; vertical-align: middle; width: 18px; height: 0; margin-right: 5px;
      border-top: 2px solid var(--hue, var(--quiet)); }
    .key i.raw { opacity: 0.4; }
    .key i.dots { width: 8px; height: 8px; border: 0; border-radius: 50%; background: var(--hue); }
    .key i.best { width: 14px; height: 14px; opacity: 0.35; }
    .key i.age0 { opacity: 0.35; } .key i.age1 { opacity: 0.65; }
    .key i.level, .key i.resumed { border-top-style: dashed; border-color: var(--quiet); }
    .key i.skipped, .key i.spike { width: 0; height: 11px; border: 0; border-left: 3px solid var(--bad); }
    .key i.spike { border-color: var(--lost); }
    .key i.scale { width: 90px; height: 8px; border: 0; border-radius: 4px; margin: 0 5px;
      background: linear-gradient(in oklch shorter hue to right,
        oklch(var(--tenth) 0.14 255), oklch(var(--tenth) 0.14 84)); }
    .plot { position: relative; height: 220px; margin: 10px 10px 42px 54px; touch-action: pan-y; }
    .wide .plot { height: 340px; }
    .plot svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
    .plot path { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
    .plot .grid { stroke: var(--line); stroke-width: 1; opacity: 0.7; }
    .plot .level { stroke: var(--quiet); stroke-dasharray: 5 4; }
    .plot .line { stroke: var(--hue); stroke-width: 2; }
    .plot .line.raw { stroke-width: 1; opacity: 0.4; }
    .plot .line.thread { stroke-width: 1.5; opacity: 0.6; }
    .plot .line.age0 { opacity: 0.35; } .plot .line.age1 { opacity: 0.65; }
    .plot .dot { stroke: var(--hue); stroke-width: 7; stroke-linecap: round; }
    .plot .dot.many { stroke-width: 4; } .plot .interval.many { stroke-width: 1; opacity: 0.6; }
    .plot .dot.best { stroke-width: 17; opacity: 0.35; }
    .plot .interval { stroke: var(--hue); stroke-width: 1.5; }
    .plot .mark { stroke: var(--quiet); }
    .plot .mark.resumed { stroke-dasharray: 4 4; }
    .plot .mark.skipped { stroke: var(--bad); stroke-width: 3; }
    .plot .mark.spike { stroke: var(--lost); stroke-width: 3; }
    \(tenths)
    .tick, .axis { position: absolute; font-size: 12px; color: var(--quiet); line-height: 1;
      font-variant-numeric: tabular-nums; white-space: nowrap; }
    .tick.y { right: calc(100% + 8px); transform: translateY(-50%); }
    .tick.x { top: calc(100% + 7px); transform: translateX(-50%); }
    .axis { top: calc(100% + 25px); left: 50%; transform: translateX(-50%); }
    .rule { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--quiet); pointer-events: none; }
    .spot { position: absolute; width: 9px; height: 9px; margin: -4.5px; border-radius: 50%;
      background: var(--hue); border: 1.5px solid var(--page); pointer-events: none; }
    .tip { position: absolute; z-index: 2; top: 6px; padding: 6px 10px; font-size: 13px; line-height: 1.45;
      pointer-events: none; background: var(--page); border: 1px solid var(--line); border-radius: 8px;
      font-variant-numeric: tabular-nums; box-shadow: 0 2px 8px rgb(0 0 0 / 12%); width: max-content; }
    .tip div { display: flex; gap: 14px; justify-content: space-between; }
    .tip i { display: inline-block; width: 8px; height: 8px; border-radius: 50%; margin-right: 6px;
      background: var(--hue); }
    .tip i.raw { opacity: 0.4; }
    .timeline { list-style: none; margin: 10px 0 0; padding: 0; border-left: 2px solid var(--line); }
    .timeline li { padding: 0 0 14px 18px; position: relative; }
    .timeline li::before { content: ""; position: absolute; left: -6px; top: 6px; width: 10px; height: 10px;
      border-radius: 50%; background: rgb(var(--blue)); }
    .when { font-size: 13px; color: var(--quiet); margin-bottom: 4px; font-variant-numeric: tabular-nums; }
    .when b { color: var(--ink); margin-right: 6px; }
    .texts { display: grid; gap: 10px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr)); }
    .texts.pair { grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 10px 24px; }
    blockquote { margin: 0; padding: 10px 12px; border: 1px solid var(--line); border-radius: 8px;
      background: var(--panel); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 220px;
      overflow-y: auto; }
    .pair blockquote { margin-bottom: 10px; }
    pre, blockquote, code { font: 13px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas,
      "DejaVu Sans Mono", monospace; }
    pre { margin: 6px 0 0; padding: 12px 14px; border: 1px solid var(--line); border-radius: 8px;
      background: var(--panel); overflow-x: auto; }
    .configuration { columns: 2 460px; column-gap: 32px; white-space: pre-wrap; overflow-wrap: anywhere; }
    mark { background: rgb(var(--blue) / 16%); color: inherit; border-radius: 3px;
      box-decoration-break: clone; -webkit-box-decoration-break: clone; }
    pre i { color: var(--quiet); font-style: normal; }
    .difference span { color: var(--hue); }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
    th, td { text-align: left; vertical-align: top; padding: 6px 18px 6px 0; border-bottom: 1px solid var(--line); }
    th { font-weight: 600; color: var(--quiet); font-size: 13px; white-space: nowrap; }
    table.figures { margin-top: 4px; } table.figures td b { font-size: 16px; margin-right: 6px; }
    .sessions td { font-size: 13px; }
    .changes td { border-top: 0; color: var(--quiet); padding-top: 0; }
    .changes ul { margin: 0; padding-left: 18px; }
    .sessions tr:has(+ .changes) td { border-bottom: 0; }
    .verdict { margin-top: 12px; }
    .checkpoints { list-style: none; margin: 8px 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 6px 18px; }
    .note { white-space: nowrap; }
    @media (max-width: 480px) { body { padding: 0 12px 32px; } .plot { margin-left: 44px; }
      .wide .plot { height: 260px; } dl.figures > div { flex-basis: 40%; } }
    """

  /// From blue, where little is masked, to yellow, where all is.
  private static let tenths = (0..<MaskedShareLosses.count).map { tenth in
    ".tenth\(tenth) { --hue: oklch(var(--tenth) 0.14 \(255 - 19 * tenth)); }"
  }.joined(separator: "\n")
}
