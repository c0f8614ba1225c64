extension RunConfiguration {
  /// Returns the network's sizes and its mask for the tokenizer of a data set.
  ///
  /// - Throws: ``InputError`` where `model.vocab_size` and the tokenizer disagree, or neither says
  ///   how many ids there are.
  public func sizes(
    for dataset: Dataset
  ) throws(InputError) -> (network: NetworkConfiguration, maskID: Int32) {
    if let tokenizer = dataset.tokenizer {
      let size = tokenizer.vocabularySize
      if let given = model.vocabularySize, given != size {
        throw InputError(
          .badConfiguration, "model.vocab_size", found: "\(given)",
          expected: "\(size), the ids of the tokenizer with its mask",
          remedy: "Remove the key or set it to \(size)")
      }
      return (transformer(vocabularySize: size), tokenizer.maskID)
    }
    guard let size = model.vocabularySize else {
      throw InputError(
        .badConfiguration, "model.vocab_size", found: "nothing",
        expected: "the number of ids, the mask included, for token shards without a tokenizer",
        remedy: "Set it, or name the tokenizer that wrote the shards")
    }
    return (transformer(vocabularySize: size), Int32(size - 1))
  }
}
