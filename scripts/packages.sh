# Sourced by the other scripts: the strict debug build, and installing what is not there yet.

# install_packages NAME… — needs root or sudo only when something is missing.
install_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local run=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "error: ${missing[*]} must be installed, and this is neither root nor has it sudo." >&2
      echo "Ask an administrator for: apt-get install ${missing[*]}" >&2
      return 1
    fi
    run=(sudo)
  fi
  echo "Installing ${missing[*]} …" >&2
  "${run[@]}" apt-get update -qq >&2
  "${run[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# A debug build that forgives nothing, in a folder of its own: flags make builds start over.
strict_build=(
  --scratch-path .build-check --explicit-target-dependency-import-check error
  -Xswiftc -warnings-as-errors -Xcc -Werror
)

# require_tools — what every script needs: a Swift toolchain and OpenBLAS.
require_tools() {
  if ! command -v swift >/dev/null; then
    echo "error: no swift on the PATH. Install a toolchain from https://swift.org/install" >&2
    return 1
  fi
  if command -v apt-get >/dev/null; then
    install_packages libopenblas-dev pkg-config
  elif command -v brew >/dev/null; then
    brew list openblas >/dev/null 2>&1 || brew install openblas
    # Homebrew keeps OpenBLAS out of the default search paths.
    PKG_CONFIG_PATH="$(brew --prefix openblas)/lib/pkgconfig:${PKG_CONFIG_PATH:-}"
    export PKG_CONFIG_PATH
  else
    echo "note: neither apt-get nor brew is here; OpenBLAS with headers must be installed." >&2
  fi
}
