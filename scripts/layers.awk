# Reports what a Swift file of Sources/MDLM names from a folder that comes after its own.
#
# Called with the files twice: the first pass collects what the folders declare at top level, the
# second looks for these names outside comments and strings. ORDER is the list of folders.

BEGIN {
  count = split(ORDER, folders, " ")
  for (i = 1; i <= count; i++) rank[folders[i]] = i
  access = "^(public |package |internal |final |indirect )*"
}

FNR == 1 {
  isFirstPass = !(FILENAME in files)
  files[FILENAME] = 1
  split(FILENAME, path, "/")
  folder = path[3]
  inText = 0
  if (isFirstPass && !(folder in rank)) {
    printf "%s:1: the folder %s has no place in the order of the layers\n", FILENAME, folder
    failed = 1
  }
}

{
  code = $0
  # Texts in three quotes span lines; texts in one do not.
  quotes = gsub(/"""/, "&", code)
  if (inText || quotes) {
    if (quotes % 2) inText = !inText
    next
  }
  gsub(/"([^"\\]|\\.)*"/, "", code)
  sub(/\/\/.*/, "", code)
}

isFirstPass {
  if (match(code, access "(struct|class|enum|protocol|actor|typealias|func) ")) {
    keyword = substr(code, 1, RLENGTH)
    name = substr(code, RLENGTH + 1)
    sub(/[^A-Za-z0-9_].*/, "", name)
    home[name] = folder
    isFunction[name] = keyword ~ /func $/
  } else if (match(code, /(struct|class|enum|protocol|actor|typealias|func|let|var|case) [A-Za-z_]/)) {
    # A member, a private type or a local of the same name: then the name alone tells nothing.
    name = substr(code, RSTART)
    sub(/^[a-z]+ /, "", name)
    sub(/[^A-Za-z0-9_].*/, "", name)
    inner[name] = 1
    innerHere[FILENAME, name] = 1
  }
  next
}

{
  while (match(code, /[A-Za-z_][A-Za-z0-9_]*/)) {
    before = RSTART > 1 ? substr(code, RSTART - 1, 1) : ""
    name = substr(code, RSTART, RLENGTH)
    code = substr(code, RSTART + RLENGTH)
    if (!(name in home) || rank[home[name]] <= rank[folder] || before == ".") continue
    # A tensor holds its place on the tape, whose nodes hold tensors: the one knot that is wanted.
    if (folder == "Tensor" && name == "GraphNode") continue
    if (isFunction[name] ? (name in inner || code !~ /^\(/) : ((FILENAME, name) in innerHere))
      continue
    printf "%s:%d: %s is declared in %s, which comes after %s\n", \
      FILENAME, FNR, name, home[name], folder
    failed = 1
  }
}

END { exit failed }
