/// Help pages as they are promised; a change here is a change for users.
enum HelpSnapshots {
  static let overview = """
    mdlm trains, measures and samples masked diffusion language models.

    Examples:
      mdlm train --config configs/quickstart.json5 --output runs/first
          Train a small model into runs/first.
      mdlm eval-ppl --checkpoint runs/first
          Measure its perplexity on the validation split.
      mdlm sample --checkpoint runs/first --num-samples 3
          Write three samples.

    Usage: mdlm COMMAND [options]

    Commands:
      train                   Train a model as a configuration says.
      eval-ppl                Estimate the perplexity of text under a model.
      sample                  Draw text from a model: free, continued, or filled in.
      score                   Measure the quality of samples.
      report                  Make a page of a run, or pictures of how samples were
                              drawn.
      runs                    List runs, how they stand and how good they are.
      prepare                 Turn a corpus into a token shard.
      tokenize train          Train a byte-level BPE tokenizer on text.
      tokenize encode         Turn text into token ids.
      tokenize decode         Turn token ids into text.
      bench                   Measure the speed of a network on this machine.
      info                    Show what a model, a checkpoint or a shard holds.
      config                  Show a configuration as a run would use it.
      completion              Print a completion script for a shell.
      help                    Show how to use a command.

    Options:
      -h, --help              Show this page.
      --version               Show the version.

    Exit codes:
      0                       Success.
      1                       Failure.
      64                      A flag or argument that cannot be used.
      65                      A file whose content cannot be used.
      66                      A file that is missing or cannot be read.
      73                      A place that cannot be written.
      78                      A configuration that cannot be used.
      130                     Interrupted (Ctrl-C).
      143                     Terminated (SIGTERM).

    See 'mdlm help COMMAND' for the options of a command.

    """

  static let train = """
    Train a model as a configuration says.

    Examples:
      mdlm train --config configs/quickstart.json5
          Train a small character model.
      mdlm train --config configs/text8-small.json5 --dry-run
          Check what is there and report sizes and cost, without training.
      mdlm train --config configs/quickstart.json5 --resume
          Go on from the run's latest checkpoint.
      mdlm train --config configs/quickstart.json5 --set optim.lr=1e-3 --output b
          Try another learning rate in a run of its own.

    Usage: mdlm train --config FILE [options]

    Configuration:
      --config FILE           The configuration (JSON5). (required)
      --set KEY=VALUE         Replace one key of the configuration, as in
                              model.hidden_size=256. Repeatable.
      --init DIR              Start from the weights of a run, a checkpoint or a
                              model directory. (default: random weights)

    Run:
      --output DIR            The directory of the run: metrics and checkpoints.
                              (default: runs/NAME for a configuration NAME.json5)
      --resume                Go on from the latest checkpoint in the run's
                              directory, or begin where there is none.
      --accept-changes        Resume with settings or data other than the run has
                              had, though they change its numbers.
      --stop-at STEP          Save a checkpoint after this step and end there;
                              --resume goes on. (default: trainer.max_steps)
      --dry-run               Check the configuration, and the data where they are
                              there; report sizes and cost; write nothing.

    Computing:
      --threads N             Threads to compute with. Results do not depend on it.
                              (default: all cores)

    Output:
      --tensorboard           Write files for TensorBoard, too, in the run's folder
                              tensorboard.
      --json                  Print JSON in place of text.

    Help:
      -h, --help              Show this page.

    """

  static let info = """
    Show what a model, a checkpoint or a shard holds.

    Examples:
      mdlm info runs/quickstart
          Show what the run's latest checkpoint holds.
      mdlm info corpora/news.bin
          Show the tokens and documents of a token shard.
      mdlm info --config configs/owt-small.json5
          Show parameters and FLOPs of a model before there is one.

    Usage: mdlm info [PATH] [options]

    Arguments:
      PATH                    A run, one checkpoint of it, a Hugging Face style
                              model directory, or a .bin file.

    Configuration:
      --config FILE           Describe the model of a configuration instead.

    Output:
      --json                  Print JSON in place of text.

    Help:
      -h, --help              Show this page.

    """

  static let score = """
    Measure the quality of samples.

    Examples:
      mdlm score samples.jsonl --tokenizer runs/quickstart/checkpoints/latest
          Show the entropy, diversity and repetition of samples.
      mdlm score a.jsonl b.jsonl --judge stories15M.bin --plot frontier.svg
          Compare two samplers by perplexity, too, and draw it against their cost.
      mdlm score samples.jsonl --tokenizer bpe --reference valid.txt
          Set the same figures of real text beside them.

    Usage: mdlm score FILE… [options]

    Arguments:
      FILE…                   What mdlm sample --json printed, or text with an empty
                              line between samples; - is standard input.

    Figures:
      --judge PATH            A language model that scores the text: a llama2.c
                              checkpoint (.bin) with its tokenizer beside it, a
                              Hugging Face directory of GPT-2, or a run or
                              checkpoint trained with parameterization=ar.
      --tokenizer PATH        The tokenizer of the model: a tokenizer.json, a
                              directory with one, byte, text8 or dna. (default: the
                              tokens of the lines, or characters)
      --reference FILE        Real text, cut into pieces as long as samples: what
                              the figures should be.

    Computing:
      --threads N             Threads to compute with. Results do not depend on it.
                              (default: all cores)

    Output:
      --plot FILE             Write a picture (SVG) of quality against network
                              calls.
      --json                  Print JSON in place of text.

    Help:
      -h, --help              Show this page.

    """
}
