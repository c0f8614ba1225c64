/// Settings that are fine alone but not together.
struct ConfigurationConflict {
  /// The keys involved, the one to report first.
  var keys: [String]
  var found: String
  var expected: String
  var remedy: String
}

extension RunConfiguration {
  /// Returns every impossible combination of settings.
  var conflicts: [ConfigurationConflict] {
    modelConflicts + diffusionConflicts + dataConflicts + scheduleConflicts
  }

  private var modelConflicts: [ConfigurationConflict] {
    let (width, heads) = (model.hiddenSize, model.headCount)
    guard width > 0 && heads > 0 else { return [] }
    let keys = ["model.hidden_size", "model.n_heads"]
    if width % heads != 0 {
      return [
        ConfigurationConflict(
          keys: keys, found: "a hidden size of \(width) with \(heads) heads",
          expected: "a multiple of n_heads", remedy: "Change hidden_size or n_heads")
      ]
    }
    if (width / heads) % 2 != 0 {
      return [
        ConfigurationConflict(
          keys: keys, found: "a head size of \(width / heads) (\(width) / \(heads))",
          expected: "an even one, because rotary embeddings turn pairs",
          remedy: "Change hidden_size or n_heads")
      ]
    }
    return []
  }

  private var dataConflicts: [ConfigurationConflict] {
    var conflicts: [ConfigurationConflict] = []
    if data.valid == nil && data.validFraction + data.testFraction >= 1 {
      conflicts.append(
        ConfigurationConflict(
          keys: ["data.valid_fraction", "data.test_fraction", "data.valid"],
          found: "\(data.validFraction) for validation and \(data.testFraction) for the test",
          expected: "a sum below 1", remedy: "Leave some of the text for training"))
    }
    if data.tokenizer == nil, !data.train.isEmpty {
      let areShards = data.train.allSatisfy { DataFormat(path: $0) == .shard }
      if !areShards {
        conflicts.append(
          ConfigurationConflict(
            keys: ["data.tokenizer_name_or_path"], found: "no such key",
            expected: "char, byte, text8, dna or the path of a tokenizer, to read text with",
            remedy: "Set data.tokenizer_name_or_path"))
      } else if model.vocabularySize == nil {
        conflicts.append(
          ConfigurationConflict(
            keys: ["model.vocab_size", "data.tokenizer_name_or_path"], found: "neither key",
            expected: "the number of ids, the mask included, or the tokenizer that tells it",
            remedy: "Set model.vocab_size or data.tokenizer_name_or_path"))
      }
    }
    if data.insertBOSEOS && model.length < 3 {
      conflicts.append(
        ConfigurationConflict(
          keys: ["model.length", "data.insert_bos_eos"],
          found: "rows of \(model.length) with BOS and EOS in each",
          expected: "a length of at least 3",
          remedy: "Use longer rows or set insert_bos_eos to false"))
    }
    if data.detokenizer != .none && data.documents == .stream {
      conflicts.append(
        ConfigurationConflict(
          keys: ["data.detokenizer", "data.documents"],
          found: "the detokenizer \(data.detokenizer.rawValue) with one stream",
          expected: "documents: \"lines\", since detokenizers work on documents",
          remedy: "Set documents to \"lines\" or remove the detokenizer"))
    }
    if !data.wrap && data.documents == .stream {
      conflicts.append(
        ConfigurationConflict(
          keys: ["data.wrap", "data.documents"],
          found: "one row a document, and one document a file",
          expected: "wrap: true with documents: \"stream\"",
          remedy: "Set wrap to true, or documents to \"lines\""))
    }
    return conflicts
  }

  private var scheduleConflicts: [ConfigurationConflict] {
    var conflicts: [ConfigurationConflict] = []
    let (rows, parts) = (loader.globalBatchSize, trainer.accumulateGradBatches)
    if rows % parts != 0 {
      conflicts.append(
        ConfigurationConflict(
          keys: ["loader.global_batch_size", "trainer.accumulate_grad_batches"],
          found: "\(rows) rows in \(parts) micro-batches",
          expected: "a multiple of accumulate_grad_batches",
          remedy: "Change global_batch_size or accumulate_grad_batches"))
    }
    guard lrScheduler.name == .cosineDecayWarmup else { return conflicts }
    if lrScheduler.numWarmupSteps >= trainer.maxSteps {
      conflicts.append(
        ConfigurationConflict(
          keys: ["lr_scheduler.num_warmup_steps", "trainer.max_steps", "lr_scheduler.name"],
          found: "\(lrScheduler.numWarmupSteps) warm-up steps of \(trainer.maxSteps) in all",
          expected: "fewer than max_steps, for the cosine to follow",
          remedy: "Lower num_warmup_steps or raise max_steps"))
    }
    let starts = [
      ("lr_scheduler.warmup_lr_init", lrScheduler.warmupLRInit),
      ("lr_scheduler.lr_min", lrScheduler.lrMin),
    ]
    for (key, rate) in starts where rate > optim.lr {
      conflicts.append(
        ConfigurationConflict(
          keys: [key, "optim.lr", "lr_scheduler.name"], found: "\(rate) with a rate of \(optim.lr)",
          expected: "at most optim.lr", remedy: "Lower it or raise optim.lr"))
    }
    return conflicts
  }
}
