# Sourced by kill-test and fault-test: a training run with steps of a millisecond, and what must be
# equal of two such runs. Bash, coreutils, sed, find and diff are all it needs.

# find_mdlm — sets `mdlm`: the command that MDLM names, or a release build.
find_mdlm() {
  if [ -n "${MDLM:-}" ]; then
    mdlm=$MDLM
    [ -x "$mdlm" ] || { echo "error: MDLM: $mdlm: no program that can be run" >&2; return 66; }
    case $mdlm in */*) mdlm=$(cd "$(dirname "$mdlm")" && pwd -P)/$(basename "$mdlm") ;; esac
    return 0
  fi
  swift build -c release --product mdlm >&2
  mdlm=$(swift build -c release --show-bin-path)/mdlm
}

# write_tiny_run DIR — a text and a configuration that trains on it, DIR/tiny.json5.
write_tiny_run() {
  local number=0
  while [ $number -lt 200 ]; do
    echo "verse $number: the quick brown fox jumps over $((number * number % 97)) lazy dogs"
    number=$((number + 1))
  done >"$1/text.txt"
  cat >"$1/tiny.json5" <<JSON5
{
  data: {
    train: "$1/text.txt", tokenizer_name_or_path: "char", documents: "stream", wrap: true,
    insert_bos_eos: false, valid_fraction: 0.1, test_fraction: 0.1,
  },
  model: { hidden_size: 8, n_blocks: 1, n_heads: 1, cond_dim: 8, length: 16, dropout: 0.1 },
  loader: { global_batch_size: 4 },
  optim: { lr: 3e-3 },
  lr_scheduler: { name: "constant_warmup", num_warmup_steps: 1 },
  training: { ema: 0.9 },
  trainer: {
    max_steps: 12, val_check_interval: 6, limit_val_batches: 2, log_every_n_steps: 1,
  },
  checkpointing: { every_n_steps: 4, keep_last: 2 },
  seed: 7,
}
JSON5
}

# fingerprints FILE… — a line for each: its SHA-256 and its name.
if command -v sha256sum >/dev/null; then
  fingerprints() { sha256sum "$@"; }
else
  fingerprints() { shasum -a 256 "$@"; }
fi

# picture RUN — text that is equal for equal runs: every file, directory and link by name and content,
# and the metrics without what depends on the machine. The lock and the sessions are each run's own.
picture() (
  cd "$1" 2>/dev/null || exit 0
  shopt -s nullglob dotglob
  export LC_ALL=C
  names=()
  while IFS= read -r name; do
    if [ -L "$name" ]; then
      echo "link $name -> $(readlink "$name")"
    elif [ -d "$name" ]; then
      echo "directory $name"
    else
      names+=("$name")
    fi
  done < <(find . -mindepth 1 ! -name lock ! -name sessions.jsonl ! -name metrics.jsonl \
    ! -path './tensorboard*' | sort)
  [ ${#names[@]} -eq 0 ] || fingerprints "${names[@]}"
  [ ! -e metrics.jsonl ] || sed -E 's/"(seconds|tokens_per_s|rss_mb)":[^,}]*//g' metrics.jsonl
)

# temporaries DIR… — the files and directories in DIR that are not in their place yet.
temporaries() {
  { find "$@" -maxdepth 1 -name '.*.partial' 2>/dev/null || true; } | sort
}
