import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The elements of a well-formed XML document, in their order, with the texts directly in them.
struct MarkupDocument {
  struct Element {
    let name: String
    let attributes: [String: String]
    var text = ""
  }

  let elements: [Element]

  init(_ text: String) throws {
    let reader = MarkupReader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    try #require(parser.parse(), "\(String(describing: parser.parserError)) in \(text.prefix(200))")
    elements = reader.elements
  }

  /// The elements of this name that have all the classes.
  func all(_ name: String, classes: String...) -> [Element] {
    elements.filter { element in
      let own = Set((element.attributes["class"] ?? "").split(separator: " ").map(String.init))
      return element.name == name && own.isSuperset(of: classes)
    }
  }
}

private final class MarkupReader: NSObject, XMLParserDelegate {
  private(set) var elements: [MarkupDocument.Element] = []
  private var open: [Int] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append(.init(name: name, attributes: attributes))
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if let last = open.last { elements[last].text += text }
  }
}
