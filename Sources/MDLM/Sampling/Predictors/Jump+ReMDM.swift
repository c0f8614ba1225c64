/// The remasking predictors of ReMDM (arXiv 2503.00307, section 4).
extension Jump {
  /// `remdm_cap`: σ = min(η, the greatest σ).
  static func capped(_ grid: TimeGrid, _ schedule: any NoiseSchedule, eta: Double) -> [Jump] {
    remasking(grid, schedule) { _, _, greatest in .each(min(eta, greatest)) }
  }

  /// `remdm_rescale`: σ = η · the greatest σ.
  static func rescaled(_ grid: TimeGrid, _ schedule: any NoiseSchedule, eta: Double) -> [Jump] {
    remasking(grid, schedule) { _, _, greatest in .each(eta * greatest) }
  }

  /// `remdm_conf`: the greatest σ, divided over the tokens by softmax(−p), p being the probability
  /// that a token was drawn with.
  ///
  /// σ is zero at masks, so they are revealed as without remasking: there are a few masks more than
  /// the schedule has, at most one for each step.
  static func leastSure(_ grid: TimeGrid, _ schedule: any NoiseSchedule) -> [Jump] {
    remasking(grid, schedule) { _, _, greatest in .leastSure(greatest) }
  }
}
