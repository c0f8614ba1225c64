import Testing

@testable import MDLM

@Suite struct PostProcessorTests {
  private func postProcessor(_ json: String) throws -> PostProcessor {
    let value = try JSONValue(parsing: Array(json.utf8)[...], name: "x")
    return try PostProcessor(value, idCount: 100, in: "f.json")
  }

  private static let bert = #"{"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]}"#
  private static let template = #"""
    {"type":"TemplateProcessing",
     "single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
               {"SpecialToken":{"id":"</s>","type_id":0}}],
     "pair":[],
     "special_tokens":{"<s>":{"id":"<s>","ids":[3],"tokens":["<s>"]},
                       "</s>":{"id":"</s>","ids":[4,5],"tokens":["<","/s>"]}}}
    """#

  @Test(arguments: [
    ("null", [9]),
    (#"{"type":"ByteLevel","add_prefix_space":true}"#, [9]),
    (bert, [1, 9, 2]),
    (#"{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0]}"#, [0, 9, 2]),
    (template, [3, 9, 4, 5]),
    (#"{"type":"Sequence","processors":[\#(bert),\#(template)]}"#, [3, 1, 9, 2, 4, 5]),
  ])
  func idsAreFramed(json: String, framed: [Int32]) throws {
    #expect(try postProcessor(json).framed([9]) == framed)
  }

  @Test(arguments: [bert, template])
  func jsonSurvives(json: String) throws {
    let written = try postProcessor(json)
    #expect(try postProcessor(written.json.document()) == written)
  }

  @Test func bertHasTheFormOfTheFile() throws {
    let made = PostProcessor.bert(begin: .special("[CLS]", id: 1), end: .special("[SEP]", id: 2))
    #expect(try made == postProcessor(Self.bert))
  }

  /// A template of a text behind `pieces` special tokens of `ids` ids each.
  private static func template(pieces: Int, ids: Int) -> String {
    let piece = #"{"SpecialToken":{"id":"x"}},"#
    let list = Array(repeating: "1", count: ids).joined(separator: ",")
    return #"{"type":"TemplateProcessing","single":[\#(String(repeating: piece, count: pieces))"#
      + #"{"Sequence":{"id":"A"}}],"special_tokens":{"x":{"ids":[\#(list)]}}}"#
  }

  @Test(arguments: [
    ("3", "the post_processor 3"),
    (#"{"type":"Other"}"#, "the post_processor 'Other'"),
    (#"{"type":"BertProcessing","sep":["[SEP]",2]}"#, "post_processor.cls is missing"),
    (#"{"type":"BertProcessing","sep":[2],"cls":["[CLS]",1]}"#, "post_processor.sep is a list"),
    (#"{"type":"RobertaProcessing","sep":["x",100],"cls":["y",1]}"#, "the id 100 in"),
    (#"{"type":"TemplateProcessing","single":[]}"#, "single is an empty list"),
    (#"{"type":"TemplateProcessing","single":[{"Sequence":{}},{"Sequence":{}}]}"#, "one Sequence"),
    (#"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x"}}]}"#, "for \"x\""),
    (#"{"type":"Sequence"}"#, "post_processor.processors is missing"),
    (template(pieces: 1025, ids: 1), "single is a list"),
    (template(pieces: 1, ids: 1025), "with ids for \"x\""),
    (template(pieces: 3, ids: 400), "1200 ids around a text"),
  ])
  func othersAreRefused(json: String, fragment: String) throws {
    let error = #expect(throws: InputError.self) { try postProcessor(json) }
    #expect(error?.subject == "f.json")
    #expect(error?.description.contains(fragment) == true, "\(String(describing: error))")
  }
}
