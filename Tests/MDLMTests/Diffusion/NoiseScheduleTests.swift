import Foundation
import Testing

@testable import MDLM

struct NoiseScheduleTests {
  struct Reference: Sendable {
    let type: NoiseScheduleName
    let (time, totalNoise, noiseRate): (Double, Double, Double)
    let (maskProbability, lossWeight): (Double, Double)

    init(
      _ type: NoiseScheduleName, _ time: Double, _ totalNoise: Double, _ noiseRate: Double,
      _ maskProbability: Double, _ lossWeight: Double
    ) {
      self.type = type
      (self.time, self.totalNoise, self.noiseRate) = (time, totalNoise, noiseRate)
      (self.maskProbability, self.lossWeight) = (maskProbability, lossWeight)
    }
  }

  /// Computed from α(t) and α′(t) with sixty digits, for the usual parameters.
  static let references = [
    Reference(
      .loglinear, 1e-09, 9.9900000049900056e-10, 0.999000000998001, 9.9900000000000006e-10,
      9.9999999999999994e8),
    Reference(
      .loglinear, 1e-06, 9.9900049900083229e-7, 0.999000998001997, 9.9899999999999995e-7, 1.0e6),
    Reference(
      .loglinear, 0.001, 9.9949933308353369e-4, 0.999998999000001, 9.9900000000000002e-4,
      999.99999999999998),
    Reference(
      .loglinear, 0.1, 0.10524941071909749, 1.1098766803688479, 0.099900000000000006,
      9.9999999999999994),
    Reference(.loglinear, 0.5, 0.69214768022686178, 1.996003996003996, 0.4995, 2),
    Reference(
      .loglinear, 0.9, 2.293625351622574, 9.9008919722497544, 0.89910000000000002,
      1.1111111111111111),
    Reference(
      .loglinear, 1 - 0x1p-20, 6.9068030118903099, 998.04913798442227, 0.99899904727935791,
      1.0000009536752259),
    Reference(.loglinear, 1, 6.9077552789821371, 999, 0.999, 1),
    Reference(
      .cosine, 1e-09, 1.2324668495860338e-18, 2.4649336991720675e-9, 1.2324668495860338e-18,
      1.9999999999999999e9),
    Reference(
      .cosine, 1e-06, 1.2324668495865396e-12, 2.4649336991740915e-6, 1.2324668495857801e-12,
      1.9999999999995889e6),
    Reference(
      .cosine, 0.001, 1.2324673556577955e-6, 2.4649357234597797e-3, 1.2324665961702162e-6,
      1999.9995887664663),
    Reference(
      .cosine, 0.1, 0.012375610691091551, 0.24853780933110749, 0.012299347745457413,
      19.958859727087143),
    Reference(
      .cosine, 0.5, 0.34615946248035527, 1.5685758050960207, 0.29260032559463902, 3.7922377958740797
    ),
    Reference(
      .cosine, 0.9, 1.8497401444369165, 9.8545598170279341, 0.8427219694248094, 1.839166197678975),
    Reference(
      .cosine, 1 - 0x1p-20, 6.9062598675822707, 1566.8806464392529, 0.99899850346991494,
      1.5707986798937167),
    Reference(.cosine, 1, 6.9077552789821371, 1569.2255304681017, 0.999, 1.5707963267948966),
    Reference(
      .cosinesqr, 1e-09, 2.4649336991720676e-18, 4.9298673983441349e-9, 2.4649336991720676e-18,
      1.9999999999999999e9),
    Reference(
      .cosinesqr, 1e-06, 2.4649336991730777e-12, 4.9298673983481769e-6, 2.4649336991700398e-12,
      1.9999999999983552e6),
    Reference(
      .cosinesqr, 0.001, 2.4649347097950929e-6, 4.9298714408375606e-3, 2.4649316718460272e-6,
      1999.9983550656625),
    Reference(
      .cosinesqr, 0.1, 0.0247510661620833, 0.49706934547417714, 0.024447270110570793,
      19.835235375094544),
    Reference(.cosinesqr, 0.5, 0.69214768022686178, 3.1353157451910124, 0.4995, 3.1415926535897932),
    Reference(
      .cosinesqr, 0.9, 3.6711468065494649, 19.055771201180861, 0.97455272988942922,
      0.49757939416649412),
    Reference(
      .cosinesqr, 1 - 0x1p-20, 6.9077552767402929, 4.7014879105422639e-3, 0.99899999999775816,
      4.7061941152080256e-6),
    Reference(.cosinesqr, 1, 6.9077552789821371, 0, 0.999, 0),
    Reference(.linear, 1e-09, 1.000006999e-3, 6.999, 9.995071586294822e-4, 6995.4520975959231),
    Reference(.linear, 1e-06, 1.006999e-3, 6.999, 1.0064921466548795e-3, 6946.8555564031291),
    Reference(
      .linear, 0.001, 7.9990000000000001e-3, 6.999, 7.9670931305285166e-3, 871.48953845840562),
    Reference(.linear, 0.1, 0.70090000000000004, 6.999, 0.50386142192527628, 6.8917241067524447),
    Reference(.linear, 0.5, 3.5005, 6.999, 0.96981771149534876, 0.21782014778667726),
    Reference(.linear, 0.9, 6.3001000000000002, 6.999, 0.99816387884426758, 0.012874651388758798),
    Reference(
      .linear, 1 - 0x1p-20, 6.9999933252334595, 6.999, 0.99908811194782594, 6.3881297363485752e-3),
    Reference(.linear, 1, 7, 6.999, 0.99908811803444548, 6.3880870582989139e-3),
    Reference(
      .geometric, 1e-09, 1.0000000069077553e-3, 6.9077553266992202e-3, 9.9950017352585933e-4,
      6.904301976965059),
    Reference(
      .geometric, 1e-06, 1.0000069077791376e-3, 6.9078029962299407e-3, 9.9950706749979568e-4,
      6.9043019531382386),
    Reference(
      .geometric, 0.001, 1.0069316688518042e-3, 6.9556375510853434e-3, 1.0064248832726911e-3,
      6.9042780438608951),
    Reference(
      .geometric, 0.1, 1.9952623149688797e-3, 0.013782783789180398, 1.9932731023363947e-3,
      6.9008661787764856),
    Reference(
      .geometric, 0.5, 0.031622776601683793, 0.21844240200635403, 0.031128005659924573,
      6.7991097146583324),
    Reference(
      .geometric, 0.9, 0.50118723362727236, 3.4620787588472443, 0.39418900659199824,
      5.3207099565941214),
    Reference(
      .geometric, 1 - 0x1p-20, 0.99999341227290558, 6.9077097725755241, 0.63211813533121293,
      4.0201680820221289),
    Reference(.geometric, 1, 1, 6.9077552789821371, 0.63212055882855768, 4.0201526691212294),
    Reference(
      .polynomial, 1e-09, 1.0000500033335934e-4, 1.9997999799979999e-9, 1.00000000000001e-4,
      1.9995999999999801e-5),
    Reference(
      .polynomial, 1e-06, 1.0000500133325833e-4, 1.9997999799999993e-6, 1.000000009998e-4,
      0.019995999800079993),
    Reference(
      .polynomial, 0.001, 1.0100490082325766e-4, 1.9998019795999792e-3, 1.009998e-4,
      19.798059006057438),
    Reference(
      .polynomial, 0.1, 0.01014933065231475, 0.20199979391899401, 0.010098000000000001,
      19.801940978411566),
    Reference(
      .polynomial, 0.5, 0.28774874134076859, 1.3331555437029135, 0.25005, 3.9984003199360128),
    Reference(
      .polynomial, 0.9, 1.6604049442615952, 9.4686996874704066, 0.80993800000000004,
      2.2219478527986092),
    Reference(
      .polynomial, 1 - 0x1p-20, 9.1914502564434969, 19621.799829202562, 0.99989809303374623,
      1.9998018867762269),
    Reference(.polynomial, 1, 9.2103403719761827, 19996, 0.9999, 1.9997999799979998),
  ]

  @Test(arguments: references) func allDigitsAreRight(_ reference: Reference) {
    let (schedule, time) = (reference.type.schedule, reference.time)
    let pairs = [
      (schedule.totalNoise(at: time), reference.totalNoise),
      (schedule.noiseRate(at: time), reference.noiseRate),
      (schedule.maskProbability(at: time), reference.maskProbability),
      (schedule.lossWeight(at: time), reference.lossWeight),
    ]
    for (index, (found, expected)) in pairs.enumerated() {
      #expect(abs(found - expected) <= 1e-12 * expected, "number \(index)")
    }
  }

  @Test(arguments: NoiseScheduleVariant.all) func allIsFiniteButTheWeightAtZero(
    _ variant: NoiseScheduleVariant
  ) {
    let schedule = variant.schedule
    let times = [0, 1e-300, 1e-100, 1e-30] + (1...20_000).map { Double($0) / 20_000 }
    var last = 0.0
    var failures: [String] = []
    for time in times {
      let (noise, mask) = (schedule.totalNoise(at: time), schedule.maskProbability(at: time))
      let (rate, weight) = (schedule.noiseRate(at: time), schedule.lossWeight(at: time))
      let isInOrder =
        noise.isFinite && noise >= last && rate.isFinite && rate >= 0 && mask >= 0 && mask < 1
      let isInfinite = time == 0 && variant.beginsUnmasked
      if !(isInOrder && weight >= 0 && weight.isFinite != isInfinite) {
        failures.append("t \(time): σ \(noise), σ′ \(rate), m \(mask), weight \(weight)")
      }
      last = noise
    }
    #expect(failures == [])
  }

  @Test(arguments: NoiseScheduleVariant.all, [1e-3, 0.03, 0.3, 0.5, 0.7, 0.97, 0.999])
  func rateIsTheSlopeOfTheNoise(_ variant: NoiseScheduleVariant, time: Double) {
    let schedule = variant.schedule
    let step = 1e-5 * min(time, 1 - time)
    let slope =
      (schedule.totalNoise(at: time + step) - schedule.totalNoise(at: time - step)) / (2 * step)
    let rate = schedule.noiseRate(at: time)
    // Where σ is nearly constant, its last bit is a larger part of the difference.
    let rounding = 2 * schedule.totalNoise(at: time).ulp / step
    #expect(abs(rate - slope) <= 1e-6 * rate + rounding)
  }

  /// What a schedule gets for free from its noise and rate agrees with what it spells out.
  @Test(arguments: NoiseScheduleVariant.all, [1e-6, 1e-3, 0.1, 0.5, 0.9, 0.999])
  func defaultsFollowFromNoiseAndRate(_ variant: NoiseScheduleVariant, time: Double) {
    let (schedule, plain) = (variant.schedule, PlainSchedule(of: variant.schedule))
    #expect(
      relativeDeviation(schedule.lossWeight(at: time), plain.lossWeight(at: time)) <= 1e-11)
    #expect(
      relativeDeviation(schedule.maskProbability(at: time), plain.maskProbability(at: time))
        <= 1e-12)
    let left = exp(-schedule.totalNoise(at: time))
    #expect(
      relativeDeviation(
        schedule.lossWeight(at: time),
        schedule.noiseRate(at: time) * left / schedule.maskProbability(at: time)) <= 1e-11)
  }

  /// For a bound with E[Σ −log p] = g(m), ∫ weight · g(m(t)) dt is ∫ g(m)/m dm whatever the schedule.
  @Test(arguments: NoiseScheduleVariant.all, Polynomial.bounds)
  func boundDependsOnTheEndsAlone(_ variant: NoiseScheduleVariant, bound: Polynomial) {
    let schedule = variant.schedule
    let integral = Polynomial.integral {
      schedule.lossWeight(at: $0) * bound.value(at: schedule.maskProbability(at: $0))
    }
    let expected = bound.integralOverArgument(
      from: schedule.maskProbability(at: 0), to: schedule.maskProbability(at: 1))
    #expect(relativeDeviation(integral, expected) <= 1e-10)
  }

  @Test(arguments: [NoiseScheduleName.loglinear, .cosine, .cosinesqr])
  func endsAreNothingAndAllButEpsilon(type: NoiseScheduleName) {
    #expect(type.schedule.maskProbability(at: 0) == 0)
    #expect(abs(type.schedule.maskProbability(at: 1) - 0.999) <= 1e-15)
  }

  @Test(arguments: [1e-3, 0.1, 0.3, 0.5, 0.7, 0.999, 1]) func logLinearIsProportionalToTime(
    time: Double
  ) {
    let schedule = LogLinearSchedule()
    #expect(schedule.lossWeight(at: time) == 1 / time)
    #expect(schedule.maskProbability(at: time) == 0.999 * time)
  }

  /// The official loss in discrete time knows no ε.
  @Test(arguments: NoiseScheduleName.allCases, [1e-3, 0.25, 1]) func discreteMaskProbability(
    type: NoiseScheduleName, time: Double
  ) {
    let schedule = type.schedule
    #expect(
      schedule.discreteMaskProbability(at: time)
        == (type == .loglinear ? time : schedule.maskProbability(at: time)))
  }
}
