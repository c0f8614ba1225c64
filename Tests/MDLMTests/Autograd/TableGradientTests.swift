import Testing

@testable import MDLM

struct TableGradientTests {
  private let device = Device(threads: 2)

  private func table(_ shape: [Int] = [5, 3]) -> TableGradient {
    TableGradient(shape: shape, on: device)
  }

  private func tensor(_ values: [Float]) -> Tensor {
    Tensor(values, shape: [values.count / 3, 3], on: device)
  }

  private func values(_ storage: Storage) -> [Float] {
    (0..<storage.count).map { storage.pointer[$0] }
  }

  @Test func rowsThatWereNotLookedUpHaveNone() {
    let table = table()
    table.add(tensor([1, 2, 3]), to: [3])
    #expect((0..<5).map { table.row($0) != nil } == [false, false, false, true, false])
  }

  /// Repeated rows, and rows of an earlier call, add up; new ones make room for themselves.
  @Test func rowsAddUp() {
    let table = table()
    table.add(tensor([1, 2, 3, 10, 20, 30, 1, 1, 1]), to: [4, 0, 4])
    table.add(tensor([1, 0, 0, 7, 8, 9]), to: [0, 2])
    #expect(
      values(table.dense()) == [11, 20, 30, 0, 0, 0, 7, 8, 9, 0, 0, 0, 2, 3, 4])
    #expect(table.sumOfSquares() == 121 + 400 + 900 + 49 + 64 + 81 + 4 + 9 + 16)
  }

  @Test func clearedRowsStartAtZero() {
    let table = table()
    table.add(tensor([1, 2, 3, 4, 5, 6]), to: [1, 2])
    table.clear()
    #expect(table.sumOfSquares() == 0)
    table.add(tensor([1, 1, 1]), to: [2])
    #expect(values(table.dense()) == [0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
  }

  /// The optimizer sees the same gradients as from a dense buffer.
  @Test func adamStepsAsWithADenseGradient() {
    func stepped(isTable: Bool) -> [Float] {
      var layout = ParameterLayout()
      if isTable {
        layout.addTable("table", [6, 3], .zeros)
      } else {
        layout.add("table", [6, 3], .zeros)
      }
      layout.add("rest", [4], .zeros)
      let store = ParameterStore(layout, on: device, withGradients: true)
      store.randomize(seed: 3)
      var settings = AdamW.Settings()
      settings.weightDecay = 0.1
      var optimizer = AdamW(settings, for: store)
      for rows in [[1, 4, 1], [0, 4], [5]] as [[Int32]] {
        store.clearGradients()
        let table = store.tensor("table", recording: true)
        let rest = store.tensor("rest", recording: true)
        ((table.gatheringRows(rows) * table.detached.gatheringRows(rows)).sum()
          + (rest * rest).sum())
          .backward()
        optimizer.step(store, learningRate: 0.1, gradientNorm: store.gradientNorm())
      }
      return store.parameters.flatMap { Array($0.values) }
    }
    let (sparse, dense) = (stepped(isTable: true), stepped(isTable: false))
    #expect(relativeDeviation(sparse, dense.map(Double.init)) <= 1e-6)
  }
}
