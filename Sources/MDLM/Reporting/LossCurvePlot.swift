#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The picture of a ``LossCurve``: the cross-entropy of masked tokens against the mask rate.
///
/// A self-contained SVG that follows the reader's light or dark colours. The dashed line is the
/// estimate itself, which for the NELBO is the mean height of the curve as draws grow many.
public struct LossCurvePlot: Sendable {
  private let estimate: LikelihoodEstimate
  private let bins: [LossCurve.Bin]
  private let axes: PlotAxes

  public init(_ estimate: LikelihoodEstimate) {
    self.estimate = estimate
    bins = estimate.lossCurve.bins.filter(\.crossEntropy.isFinite)
    let highest = bins.map { $0.crossEntropy + Self.halfInterval($0) }
    let height = (highest + [estimate.nll]).filter(\.isFinite).reduce(0, max)
    axes = PlotAxes(
      frame: PlotAxes.Frame(
        left: 68, right: Self.width - 68, top: 94, bottom: Self.height - 62),
      horizontal: .shares, vertical: .linear(to: height),
      horizontalTitle: "masked share of the row (%)",
      verticalTitle: "cross-entropy of a masked token (nats)")
  }

  /// Writes the picture, or leaves what is there as it was.
  ///
  /// - Throws: ``InputError`` of category `cannotWrite`.
  public func write(to path: String) throws(InputError) {
    try AtomicReplacement.writeFile(path, text: svg)
  }

  /// The whole document.
  public var svg: String {
    let bits = axes.rightElements(axes.vertical.read(in: log(2)), title: "(bits)")
    return PlotDocument(
      width: Self.width, height: Self.height, title: Self.title, description: description
    ).svg([heading] + axes.elements + bits + [band, level, line] + points)
  }

  private static let width = 760.0
  private static let height = 460.0
  private static let title = "Loss against mask rate"

  /// Which figure the estimate is.
  private var figure: String { estimate.estimator.isDeterministic ? "−log p" : "NELBO" }

  private var description: String {
    "\(figure) \(estimate.nll.fixed(4)) nats/token (estimator \(estimate.estimator.rawValue), "
      + "\(estimate.networkCalls) network calls, \(estimate.tokens) tokens)"
  }

  /// Title, subtitle and legend.
  private var heading: String {
    let mean = estimate.estimator.isDeterministic ? "" : ": the mean height, but for noise"
    let (x, next) = (axes.frame.left, axes.frame.left + 290)
    return """
      <text class="title" x="\(x.fixed(0))" y="26">\(Self.title)</text>
      <text class="note" x="\(x.fixed(0))" y="46">\(description)</text>
      <rect class="band" x="\(x.fixed(0))" y="61" width="24" height="12"/>
      <line class="line" x1="\(x.fixed(0))" x2="\((x + 24).fixed(0))" y1="67" y2="67"/>
      <text class="note" x="\((x + 32).fixed(0))" y="71">mean, and 95 % interval over rows</text>
      <line class="level" x1="\(next.fixed(0))" x2="\((next + 24).fixed(0))" y1="67" y2="67"/>
      <text class="note" x="\((next + 32).fixed(0))" y="71">\(figure)\(mean)</text>
      """
  }

  /// The 95 % interval of every point, over rows.
  private var band: String {
    let bins = bins.filter { $0.standardError != nil }
    guard bins.count > 1 else { return "" }
    let upper = bins.map { axes.point($0.share, $0.crossEntropy + Self.halfInterval($0)) }
    let lower = bins.reversed().map {
      axes.point($0.share, max(0, $0.crossEntropy - Self.halfInterval($0)))
    }
    return """
      <polygon class="band" points="\((upper + lower).joined(separator: " "))"/>
      """
  }

  private var line: String {
    let points = bins.map { axes.point($0.share, $0.crossEntropy) }
    return """
      <polyline class="line" points="\(points.joined(separator: " "))"/>
      """
  }

  /// The estimate as a level.
  private var level: String { estimate.nll.isFinite ? axes.level(estimate.nll) : "" }

  private var points: [String] {
    bins.map { bin in
      let error = bin.standardError == nil ? "" : " ± \(Self.halfInterval(bin).fixed(4))"
      return """
        <circle class="point" cx="\(axes.x(bin.share).fixed(1))" \
        cy="\(axes.y(bin.crossEntropy).fixed(1))" r="3.5"><title>\
        \((100 * bin.share).fixed(1)) % masked: \(bin.crossEntropy.fixed(4))\(error) nats, \
        \(bin.tokens) tokens</title></circle>
        """
    }
  }

  private static func halfInterval(_ bin: LossCurve.Bin) -> Double {
    LikelihoodEstimate.normalQuantile * (bin.standardError ?? 0)
  }
}
