import Testing

@testable import MDLM

@Suite struct TokenizerNameTests {
  @Test func namesMakeTokenizers() throws {
    let text = [SourceText("ba")]
    let character = try TokenizerName("char").makeTokenizer(specials: [.end], corpus: text)
    #expect(character.vocabularySize == 4)
    let byte = try TokenizerName("byte").makeTokenizer(specials: [.end], corpus: text)
    #expect(byte.vocabularySize == 258)
    let text8 = try TokenizerName("text8").makeTokenizer(specials: [], corpus: text)
    #expect(text8 is Text8Tokenizer)
    let dna = try TokenizerName("dna").makeTokenizer(specials: [], corpus: text)
    #expect(dna is DNATokenizer)
  }

  @Test func pathsAreRead() throws {
    let folder = try DataFolder()
    let path = try folder.write("tokenizer.json", ByteTokenizer().tokenizerJSON())
    for path in [path, folder.path] {
      let tokenizer = try TokenizerName(path).makeTokenizer(specials: [], corpus: [])
      #expect(tokenizer is ByteTokenizer)
    }
  }

  @Test(arguments: [
    ("gpt2", InputError.Category.badConfiguration, "'gpt2', which is neither"),
    ("no/where", .missingInput, "no/where"),
    ("none.json", .missingInput, "none.json"),
  ])
  func othersAreRefused(name: String, category: InputError.Category, fragment: String) {
    let error = #expect(throws: InputError.self) { try TokenizerName(name) }
    #expect(error?.category == category)
    #expect(error?.found.contains(fragment) == true)
    #expect(error?.subject == "data.tokenizer_name_or_path")
  }
}
