import Testing

@testable import MDLMCommand

/// Command lines that cannot be meant.
struct BadFlagTests {
  @Test(arguments: rows) func isRefused(row: BadInput) throws { try row.check() }

  private static func usage(_ line: String, _ fragments: String...) -> BadInput {
    BadInput(line, line, .usage, saying: fragments + ["See 'mdlm "])
  }

  private static let rows = [
    usage("frobnicate", "'frobnicate'", "unknown command"),
    usage("evalppl", "Did you mean eval-ppl?"),
    usage("train --config @/tiny.json5 --ouput x", "'--ouput'", "Did you mean --output?"),
    usage("train --config @/tiny.json5 --stop-at 0", "--stop-at", "found '0'"),
    usage("train --config @/tiny.json5 --stop-at -3", "--stop-at", "found '-3'"),
    usage("train --config @/tiny.json5 --stop-at 5", "--stop-at", "trainer.max_steps, which is 4"),
    usage("train --config @/tiny.json5 --threads 0", "--threads", "from 1 to 1024"),
    usage("train --config @/tiny.json5 --threads many", "--threads", "found 'many'"),
    usage("train --config @/tiny.json5 --init a --resume", "--init", "--resume"),
    usage("train --config @/tiny.json5 --set optim.lr", "--set", "key.path=value"),
    usage("train --config @/tiny.json5 --config b", "--config", "more than once"),
    usage("train --config", "--config", "no value"),
    usage("train tiny.json5", "'tiny.json5'", "unexpected argument"),
    usage("sample --checkpoint a --num-samples x", "--num-samples", "found 'x'"),
    usage("sample --checkpoint a --num-samples 99999999999999999999", "--num-samples", "found"),
    usage("sample --checkpoint a --steps 0", "--steps", "found '0'"),
    usage("sample --checkpoint a --length 0", "--length", "found '0'"),
    usage("sample --checkpoint a --predictor euler", "--predictor", "ddpm"),
    usage("sample --checkpoint a --json=yes", "--json", "no value"),
    usage("sample", "no --checkpoint", "mdlm sample --checkpoint runs/quickstart"),
    usage("eval-ppl --checkpoint a --split dev", "--split", "valid"),
    usage("eval-ppl --checkpoint a --split test --data b", "--data", "--split"),
    usage("eval-ppl --checkpoint a --raw-uint16", "--raw-uint16", "--data"),
    usage("eval-ppl --checkpoint a --samples 0", "--samples", "found '0'"),
    usage("eval-ppl --checkpoint a --weights best", "--weights", "ema"),
    usage(
      "prepare --data a --tokenizer byte --output a.bin --documents stream --detokenizer ptb",
      "--detokenizer", "--documents lines"),
    usage("info", "PATH", "--config"),
    usage("info a --config b", "PATH", "both"),
    usage("config", "no FILE", "mdlm config configs/"),
    usage("completion tcsh", "tcsh", "bash"),
    BadInput(
      "--length beyond the model's", "sample --checkpoint @/run --length 9", .usage, "--length",
      "found 9", "at most 8", needsModel: true),
  ]
}
