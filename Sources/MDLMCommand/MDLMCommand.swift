import MDLM

@main
struct MDLMCommand {
  static func main() {}
}
