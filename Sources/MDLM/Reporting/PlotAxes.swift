/// A frame in a picture with an axis below and one on the left: where values lie, and the lines and
/// words around.
struct PlotAxes {
  /// The frame's sides, in the picture's own units from its upper left corner.
  struct Frame {
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double
  }

  let frame: Frame
  let horizontal: PlotScale
  let vertical: PlotScale
  /// What stands below the frame; nothing where another frame below it has the same axis.
  var horizontalTitle = ""
  let verticalTitle: String
  /// From the frame to the title on its left: room for the labels between them.
  var verticalTitleDistance = 48.0

  func x(_ value: Double) -> Double {
    frame.left + (frame.right - frame.left) * horizontal.place(value)
  }

  func y(_ value: Double) -> Double {
    frame.bottom - (frame.bottom - frame.top) * vertical.place(value)
  }

  /// `x,y` as SVG writes it.
  func point(_ horizontal: Double, _ vertical: Double) -> String {
    "\(x(horizontal).fixed(1)),\(y(vertical).fixed(1))"
  }

  /// Grid, ticks and titles.
  var elements: [String] {
    let (bottom, middle) = (frame.bottom.fixed(1), (frame.left + frame.right) / 2)
    var elements = vertical.ticks.flatMap { tick in
      let y = y(tick.value).fixed(1)
      return [
        Self.line("grid", frame.left, y, frame.right, y),
        Self.text(tick.label, "tick", frame.left - 8, y, anchor: "end", shift: "0.35em"),
      ]
    }
    for tick in horizontal.ticks {
      let x = x(tick.value)
      elements.append(Self.line("axis", x, bottom, x, (frame.bottom + 5).fixed(1)))
      elements.append(
        Self.text(tick.label, "tick", x, (frame.bottom + 20).fixed(1), anchor: "middle"))
    }
    elements.append(Self.line("axis", frame.left, bottom, frame.right, bottom))
    elements.append(uprightTitle(verticalTitle, x: frame.left - verticalTitleDistance, angle: -90))
    if !horizontalTitle.isEmpty {
      elements.append(
        Self.text(horizontalTitle, "", middle, (frame.bottom + 44).fixed(1), anchor: "middle"))
    }
    return elements
  }

  /// The right side of the frame, read in another unit: its ticks and its title.
  func rightElements(_ scale: PlotScale, title: String) -> [String] {
    scale.ticks.flatMap { tick in
      let y = y(tick.value).fixed(1)
      return [
        Self.line("axis", frame.right, y, frame.right + 4, y),
        Self.text(tick.label, "tick", frame.right + 8, y, anchor: "start", shift: "0.35em"),
      ]
    } + [uprightTitle(title, x: frame.right + 50, angle: 90)]
  }

  /// A dashed line over the whole width at one height.
  func level(_ value: Double) -> String {
    let y = y(value).fixed(1)
    return Self.line("level", frame.left, y, frame.right, y)
  }

  private static func line(
    _ kind: String, _ x1: Double, _ y1: String, _ x2: Double, _ y2: String
  ) -> String {
    """
    <line class="\(kind)" x1="\(x1.fixed(1))" y1="\(y1)" x2="\(x2.fixed(1))" y2="\(y2)"/>
    """
  }

  private static func text(
    _ words: String, _ kind: String, _ x: Double, _ y: String, anchor: String, shift: String = "0"
  ) -> String {
    """
    <text class="\(kind)" x="\(x.fixed(1))" y="\(y)" dy="\(shift)" text-anchor="\(anchor)">\
    \(words)</text>
    """
  }

  /// The title of an upright axis.
  private func uprightTitle(_ words: String, x: Double, angle: Int) -> String {
    let y = ((frame.top + frame.bottom) / 2).fixed(1)
    return """
      <text x="\(x.fixed(1))" y="\(y)" text-anchor="middle" \
      transform="rotate(\(angle) \(x.fixed(1)) \(y))">\(words)</text>
      """
  }
}
