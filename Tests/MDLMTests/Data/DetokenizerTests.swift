import Testing

@testable import MDLM

@Suite struct DetokenizerTests {
  /// What Python's `re` and `str.replace` make of the official chains.
  @Test(arguments: [
    (Detokenizer.none, " a @-@ b . ", " a @-@ b . "),
    (.wikitext, "the boys ' dog", "the boys' dog"),
    (.wikitext, "a/' 5/b /' 55/", "a/'[0-9]/b /' 55/"),
    (.wikitext, "1 @,@ 000 @.@ 5 - up @-@ to", "1,000.5 - up-to"),
    (.wikitext, "a : b ; c . d ! e ? f , g", "a: b; c. d! e? f, g"),
    (.wikitext, " , , , ", ", ,, "),
    (.wikitext, "( a ( b ) c )", "(a ( b) c )"),
    (.wikitext, "(\u{A0}\u{3000}\n)[ a\t]{ b }", "()[a]{b}"),
    (.wikitext, "\" a \" b \" c \" \"", "\"a\" b \"c\" \""),
    (.wikitext, "it ' s ' x ' y", "it's' x ' y"),
    (.wikitext, " = = = = T = = = = \n", " ==== T ====\n"),
    (.wikitext, "= = = = = = = = = =", "=========="),
    (.wikitext, "5 ° C \n a N b 's", "5°C\na 1 b's"),
    (.ptb, "it 's n't the boys ' a\\/b \n c", "it'sn't the boys' a/b\nc"),
    (.ptb, " N N N N % $ N # N <unk> ", " 1 1 1 1 % $1 #1 ? "),
    (.lm1b, "see http : / / a.b or https : / / c", "see http://a.b or https://c"),
    (.lm1b, "it 's ' s 'é '!", "it's ' s'é '!"),
    (.lm1b, "a b . c . d-e . f . ", "a b. c . d-e . f. "),
    (.lm1b, "x y .", "x y."), (.lm1b, "x y .\n", "x y.\n"), (.lm1b, "y .", "y ."),
    (.lm1b, "why ? who ?", "why? who?"), (.lm1b, "oh ! no !\n", "oh! no!\n"),
    (.lm1b, " ?\n\n", " ?\n\n"),
    (.lm1b, "1 , 2 : 3 ; and / or", "1, 2: 3; and/or"),
    (.lm1b, "\" a \" b \"c \" d \" e\"", "\"a\" b \"c \"d\" e\""),
    (.lm1b, "( a ( b ) c ) [ d ] [  ] (   )", "( a (b) c ) [d] [  ] ( )"),
    (.lm1b, "$ 5 £ 6", "$5 £6"),
    (.lambada, " \u{1F}“a” \u{2003}", "\n\"a\""), (.lambada, " ", "\n"),
    (.scientificPapers, "( a @-@ b ) , \" x \" y .", "(a-b), \"x\" y."),
  ])
  func followsTheOfficialChain(detokenizer: Detokenizer, text: String, result: String) {
    let bytes = detokenizer.detokenized(Array(text.utf8)[...])
    #expect(String(decoding: bytes, as: UTF8.self) == result)
  }

  @Test(arguments: Detokenizer.allCases)
  func emptyAndMalformedTextsAreFine(detokenizer: Detokenizer) {
    let start: [UInt8] = detokenizer == .lambada ? [0x0A] : []
    #expect(detokenizer.detokenized([]) == start)
    let malformed: [UInt8] = [0xFF, 0x28, 0x80, 0x29, 0xE2, 0x82]
    #expect(detokenizer.detokenized(malformed[...]) == start + malformed)
  }

  @Test func namesAreThoseOfConfigurations() {
    #expect(
      Detokenizer.allCases.map(\.rawValue)
        == ["none", "wikitext", "ptb", "lm1b", "lambada", "scientific_papers"])
  }
}
