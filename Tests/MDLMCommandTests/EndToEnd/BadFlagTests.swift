import Testing

@testable import MDLMCommand

/// Command lines that cannot be meant.
struct BadFlagTests {
  @Test(arguments: rows) func isRefused(row: BadInput) throws { try row.check() }

  private static func usage(_ line: String, _ fragments: String...) -> BadInput {
    BadInput(line, line, .usage, saying: fragments + ["See 'mdlm "])
  }

  /// A mistake that takes a model to find.
  private static func model(_ options: String, _ fragments: String...) -> BadInput {
    BadInput(
      "sample \(options)", "sample --checkpoint @/run \(options)", .usage, saying: fragments,
      needsModel: true)
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
    usage("train --config @/tiny.json5 --accept-changes", "--accept-changes", "--resume"),
    usage("train --config @/tiny.json5 --set optim.lr", "--set", "key.path=value"),
    usage("train --config @/tiny.json5 --config b", "--config", "more than once"),
    usage("train --config", "--config", "no value"),
    usage("train tiny.json5", "'tiny.json5'", "unexpected argument"),
    usage("sample --checkpoint a --num-samples x", "--num-samples", "found 'x'"),
    usage("sample --checkpoint a --num-samples 99999999999999999999", "--num-samples", "found"),
    usage("sample --checkpoint a --steps 0", "--steps", "found '0'"),
    usage("sample --checkpoint a --length 0", "--length", "found '0'"),
    usage("sample --checkpoint a --predictor oiler", "--predictor", "ddpm", "euler or ar"),
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
    usage("sample --checkpoint a --prompt b --infill c", "--infill", "--prompt"),
    usage("sample --checkpoint a --prompts b --prompt c", "--prompts", "--prompt"),
    usage("sample --checkpoint a --infill b --length 9", "--infill", "--length"),
    usage("sample --checkpoint a --steps 9 --nfe 9", "--nfe", "--steps"),
    usage("sample --checkpoint a --nfe 9 --seconds 9", "--seconds", "--nfe"),
    usage("sample --checkpoint a --nfe 0", "--nfe", "found '0'"),
    usage("sample --checkpoint a --seconds 0", "--seconds", "above 0"),
    usage("sample --checkpoint a --seconds soon", "--seconds", "a number"),
    usage("sample --checkpoint a --sliding", "--sliding", "--block-size"),
    usage("sample --checkpoint a --stride 4 --block-size 4", "--stride", "--block-size"),
    usage("sample --checkpoint a --top-k 0", "--top-k", "found '0'"),
    usage("sample --checkpoint a --stop eos", "--stop", "first-eos"),
    model("--length 9", "--length", "found 9", "at most 8", "--sliding", "--stride"),
    model("--prompt thecatsat", "--prompt", "found 9 fixed tokens", "fewer than 8"),
    model("--prompt caT", "--prompt", "'T' (U+0054)"),
    model("--suffix caT", "--suffix", "'T' (U+0054)"),
    model("--infill cat", "--infill", "without a gap", "[MASK:12]"),
    model("--infill c[MASK:0]", "--infill", "[MASK:0]"),
    model("--infill cat[MASK:9]", "--length", "found 12 tokens"),
    model("--ban ca", "--ban", "2 tokens", "one token"),
    model("--ban Q", "--ban", "'Q'"),
    model("--temperature -1", "--temperature", "not negative"),
    model("--top-p 0", "--top-p", "above 0"),
    model("--top-p 1.5", "--top-p", "at most 1"),
    model("--repetition-penalty 0.5", "--repetition-penalty", "at least 1"),
    model("--threshold 0.5", "--threshold", "ddpm_cache", "threshold"),
    model("--eta 0.5 --predictor dfm", "--eta", "dfm", "remdm_cap"),
    model("--predictor euler", "--predictor", "euler with a model of subs", "ddpm, ddpm_cache,"),
    model("--predictor ar", "--predictor", "ar with a model of subs", "ddpm, ddpm_cache,"),
    model("--uncached", "--uncached", "it with --predictor ddpm_cache", "ar, which alone keeps"),
    model("--gumbel fp32 --predictor confidence", "--gumbel", "fp32 with confidence"),
    model("--steps 9 --predictor first_hitting", "--steps", "first_hitting", "tau"),
    model("--nfe 3 --predictor first_hitting", "--nfe", "at least 8"),
    model("--gumbel fp32 --predictor tau", "--gumbel", "tau", "analytic"),
    model("--gumbel fp32 --top-k 3", "--gumbel", "top-k"),
    model("--stride 9 --length 20", "--length", "blocks of 9", "1 to 8"),
    model("--stop first-eos", "--stop", "without an end token"),
  ]
}
