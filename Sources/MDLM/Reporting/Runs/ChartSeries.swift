/// Values along an axis, as one line of a chart or as marks of their own.
struct ChartSeries {
  struct Point: Equatable {
    var x: Double
    var y: Double
    /// Half of the interval that the value lies in with a probability of 95 %.
    var halfInterval: Double?
  }

  enum Form { case line, dots }

  /// What legend and pointer call it.
  let name: String
  /// The classes that colour it.
  let kind: String
  var form = Form.line
  /// By ascending `x`, all of it finite.
  var points: [Point]

  /// Whether there is something to draw.
  var isEmpty: Bool { points.isEmpty }

  /// At most two points for each column of a picture so wide: its least and its greatest.
  ///
  /// Few points stay as they are. The first and the last are always kept.
  func thinned(columns: Int) -> ChartSeries {
    guard points.count > 2 * columns, let first = points.first, let last = points.last,
      last.x > first.x
    else { return self }
    func column(_ point: Point) -> Int {
      min(columns - 1, Int(Double(columns) * (point.x - first.x) / (last.x - first.x)))
    }
    var kept: [Int] = [0]
    var (start, index) = (0, 0)
    while start < points.count {
      let current = column(points[start])
      var (least, greatest) = (start, start)
      index = start
      while index < points.count, column(points[index]) == current {
        if points[index].y < points[least].y { least = index }
        if points[index].y > points[greatest].y { greatest = index }
        index += 1
      }
      kept += [min(least, greatest), max(least, greatest)]
      start = index
    }
    kept.append(points.count - 1)
    var result = self
    result.points = []
    var previous = -1
    for index in kept where index > previous {
      result.points.append(points[index])
      previous = index
    }
    return result
  }

  /// The mean of the points around each, a fiftieth of all on either side; nil for few points.
  ///
  /// At the beginning, where losses fall fast, fewer are taken, as many on one side as on the other.
  func smoothed(name: String, kind: String, minimum: Int = 30) -> ChartSeries? {
    guard points.count >= minimum else { return nil }
    let width = max(2, points.count / 50)
    // Two passes weigh near points more than far ones.
    let values = Self.means(Self.means(points.map(\.y), width), width)
    let points = zip(points, values).map { Point(x: $0.x, y: $1) }
    return ChartSeries(name: name, kind: kind, points: points)
  }

  private static func means(_ values: [Double], _ width: Int) -> [Double] {
    var sums = [0.0]
    sums.reserveCapacity(values.count + 1)
    for value in values { sums.append(sums[sums.count - 1] + value) }
    return values.indices.map { index in
      let first = index - min(index, width)
      let last = min(values.count - 1, index + min(index, width))
      return (sums[last + 1] - sums[first]) / Double(last + 1 - first)
    }
  }
}

extension [ChartSeries.Point] {
  /// Creates the points of all elements that have both values.
  init<Value>(
    _ elements: [Value], x: (Value) -> Int, y: (Value) -> Double?
  ) {
    self = elements.compactMap { element in
      y(element).map { ChartSeries.Point(x: Double(x(element)), y: $0) }
    }
  }

  /// Creates at most `limit` points of elements that have both values, each of them the mean of as
  /// many neighbours as it takes.
  init<Value>(
    averaging elements: [Value], limit: Int = 3000, x: (Value) -> Int, y: (Value) -> Double?
  ) {
    let size = Swift.max(1, (elements.count + limit - 1) / limit)
    self = stride(from: 0, to: elements.count, by: size).compactMap { start in
      var (sumX, sumY, count) = (0.0, 0.0, 0.0)
      for element in elements[start..<Swift.min(start + size, elements.count)] {
        guard let value = y(element) else { continue }
        sumX += Double(x(element))
        sumY += value
        count += 1
      }
      return count == 0 ? nil : ChartSeries.Point(x: sumX / count, y: sumY / count)
    }
  }
}
