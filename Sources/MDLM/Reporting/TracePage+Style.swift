extension TracePage {
  /// How the page looks: grey is masked, green is new, blue is settled.
  static let style = """
    :root { --mask: #afb8c1; --settled: #0a3069; --glow: 45%; }
    @media (prefers-color-scheme: dark) {
      :root { --mask: #565d66; --settled: #a5d6ff; --glow: 38%; }
    }
    header { position: sticky; top: 0; z-index: 1; background: var(--page); padding: 12px 0 8px;
      border-bottom: 1px solid var(--line); }
    .controls { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; }
    #play { width: 44px; height: 34px; border: 1px solid var(--line); border-radius: 6px;
      background: var(--panel); color: var(--ink); cursor: pointer; font-size: 13px; }
    #slider { flex: 1 1 220px; min-width: 0; accent-color: var(--new); }
    fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 12px; }
    legend { float: left; padding: 0; margin-right: 12px; color: var(--quiet); }
    #legend { font-size: 13px; color: var(--quiet); }
    main { display: grid; gap: 0 32px;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); }
    .state { margin-top: 8px; font-variant-numeric: tabular-nums; }
    .text { margin: 6px 0 10px; padding: 14px 16px; border: 1px solid var(--line); border-radius: 8px;
      background: var(--panel); white-space: pre-wrap; overflow-wrap: anywhere;
      max-height: 62vh; overflow-y: auto;
      font: 15px/1.7 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    .t { border-radius: 3px; cursor: pointer; }
    .mask { color: var(--mask); cursor: default; }
    .new { color: var(--new); background: var(--fresh); font-weight: 600; }
    .recent { color: var(--new); }
    .settled { color: var(--settled); }
    .given { text-decoration: underline dotted var(--quiet); text-underline-offset: 4px; }
    .by-step { background: rgb(var(--blue) / calc(8% + (1 - var(--step)) * var(--glow))); }
    .by-confidence { background: hsl(calc(var(--confidence) * 130) 75% 45% / var(--glow)); }
    .s0 { --step: 0; } .s1 { --step: 1; }
    .c0 { --confidence: 0; } .c1 { --confidence: 0.5; } .c2 { --confidence: 1; }
    .cut { opacity: 0.45; } .cut:not(.mask) { text-decoration: line-through; }
    .later { opacity: 0.18; }
    .pinned { outline: 2px solid var(--new); outline-offset: 1px; }
    .text .t:hover, .t:focus-visible { outline: 2px solid rgb(var(--blue)); outline-offset: 1px; }
    .detail { position: absolute; z-index: 2; width: min(100%, 420px);
      left: clamp(0px, var(--left), 100% - min(100%, 420px)); padding: 10px 14px;
      pointer-events: none; font-size: 14px; font-variant-numeric: tabular-nums;
      background: var(--page); border: 1px solid var(--line); border-radius: 8px;
      box-shadow: 0 4px 16px rgb(0 0 0 / 20%); }
    .detail ol { list-style: none; margin: 4px 0; padding: 0; }
    .detail li { position: relative; padding: 1px 6px; margin: 2px 0; }
    .detail li::before { content: ""; position: absolute; inset: 0; border-radius: 3px; 
      width: max(2px, calc(var(--share) * 100%)); background: rgb(var(--blue) / 20%); }
    .detail li > * { position: relative; }
    .detail .chosen { font-weight: 600; }
    .charts { display: grid; gap: 12px 20px; margin-top: 20px;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); }
    figure { max-width: 460px; }
    figure svg { display: block; width: 100%; height: auto; }
    figure text { font-size: 13px; fill: var(--quiet); }
    figure line.axis { stroke: var(--line); }
    figure line.now { stroke: var(--quiet); stroke-dasharray: 2 3; }
    .share { fill: none; stroke: rgb(var(--blue)); stroke-width: 2; }
    .expected { fill: none; stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 5 4; }
    .reveals { fill: var(--new); } .remasks { fill: var(--lost); }
    .held { stroke: rgb(var(--blue) / 32%); fill: none; }
    .revealed { stroke: var(--new); fill: none; } .remasked { stroke: var(--lost); fill: none; }
    @media (max-width: 480px) { body { padding: 0 12px 32px; } header { position: static; } }
    """
}
