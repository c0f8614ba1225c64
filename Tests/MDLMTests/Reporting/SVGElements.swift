import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The elements of an SVG document by name, which must be well-formed.
func svgElements(_ svg: String) throws -> [String: Int] {
  let counter = ElementCounter()
  let parser = XMLParser(data: Data(svg.utf8))
  parser.delegate = counter
  try #require(parser.parse(), "\(String(describing: parser.parserError))")
  return counter.counts
}

private final class ElementCounter: NSObject, XMLParserDelegate {
  private(set) var counts: [String: Int] = [:]

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    counts[elementName, default: 0] += 1
  }
}
