/// The HTML around a page: one self-contained file that needs no network and follows the reader's
/// light or dark colours.
struct PageDocument {
  let title: String
  /// Rules beyond those that all pages share.
  let style: String
  /// What the script reads from the element `data`.
  let data: JSONValue
  let script: String

  /// The whole document around the content of its body.
  func html(_ body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(title.escapedForMarkup)</title>
    <style>
    \(Self.sharedStyle)
    \(style)
    </style>
    </head>
    <body>
    \(body)
    <script type="application/json" id="data">\(Self.inert(data.line()))</script>
    <script>
    \(script)
    </script>
    </body>
    </html>

    """
  }

  /// Colours and the look of text that all pages share.
  private static let sharedStyle = """
    :root {
      color-scheme: light dark;
      --page: #ffffff; --ink: #1f2328; --quiet: #59636e; --line: #d1d9e0; --panel: #f6f8fa;
      --new: #1a7f37; --fresh: #dafbe1; --blue: 9 105 218; --lost: #bc4c00;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #0d1117; --ink: #f0f6fc; --quiet: #9198a1; --line: #3d444d; --panel: #151b23;
        --new: #56d364; --fresh: #12361d; --blue: 68 147 248; --lost: #f0883e;
      }
    }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 1280px; padding: 0 20px 40px; background: var(--page);
      color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
    h1 { font-size: 20px; margin: 0 0 8px; }
    h2 { font-size: 16px; margin: 16px 0 4px; overflow-wrap: anywhere; }
    p { margin: 0; }
    section { min-width: 0; position: relative; }
    .facts, .state, .hint { font-size: 13px; color: var(--quiet); }
    .facts span { white-space: nowrap; margin-right: 10px; }
    .facts b { font-weight: 600; color: var(--ink); }
    figure { margin: 0; }
    figcaption { font-size: 13px; color: var(--quiet); }
    """

  /// JSON in which nothing can end or begin an element, whatever its texts say.
  static func inert(_ json: String) -> String {
    // These signs stand in strings only, where the escapes mean the same.
    json.reduce(into: "") { text, character in
      switch character {
      case "<": text += "\\u003c"
      case ">": text += "\\u003e"
      case "&": text += "\\u0026"
      default: text.append(character)
      }
    }
  }
}
