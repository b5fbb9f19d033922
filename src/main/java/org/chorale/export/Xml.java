package org.chorale.export;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What the XML formats share: a small tree with line numbers, read without document types or
 * anything outside of the file, and text that is safe to write.
 */
final class Xml {

  private static final int MAX_DEPTH = 500;

  private Xml() {}

  /**
   * An element, or text.
   *
   * @param name local name of the element; empty for text
   * @param attributes by local name; of {@code xml:lang} and {@code lang}, {@code lang}
   * @param children in order
   * @param text the characters of text, empty for an element
   * @param line where it begins, from 1
   */
  record Node(
      String name, Map<String, String> attributes, List<Node> children, String text, int line) {

    boolean isText() {
      return name.isEmpty();
    }

    /** An attribute; empty if it is not there. */
    String attribute(String key) {
      return attributes.getOrDefault(key, "");
    }

    /** All elements of a name below this one, in order. */
    List<Node> all(String wanted) {
      List<Node> found = new ArrayList<>();
      for (Node child : children) {
        if (child.name.equals(wanted)) {
          found.add(child);
        }
        found.addAll(child.all(wanted));
      }
      return found;
    }

    /** All text below this node. */
    String allText() {
      StringBuilder out = new StringBuilder(text);
      children.forEach(c -> out.append(c.allText()));
      return out.toString();
    }
  }

  /**
   * The root of a document.
   *
   * @throws FormatException when it is not well-formed, has a document type or is nested too deep
   */
  static Node parse(TimedFile file) throws FormatException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    String text = file.text();
    // The text is decoded already: a declaration of another encoding must not matter.
    XMLStreamReader reader = null;
    try {
      reader = factory.createXMLStreamReader(new StringReader(text.stripLeading()));
      int skipped =
          (int) text.substring(0, text.length() - text.stripLeading().length()).lines().count();
      return root(file, reader, Math.max(0, skipped));
    } catch (XMLStreamException e) {
      int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNumber());
      throw file.wrong(line, "it is not well-formed XML (%s)".formatted(oneLine(e.getMessage())));
    } catch (RuntimeException e) {
      // The parser of the JDK fails on some broken documents in ways that it does not declare.
      throw file.wrong(
          "is not well-formed XML (%s)".formatted(oneLine(String.valueOf(e.getMessage()))));
    }
  }

  private static Node root(TimedFile file, XMLStreamReader reader, int skipped)
      throws XMLStreamException, FormatException {
    List<Node> open = new ArrayList<>();
    while (reader.hasNext()) {
      int line = skipped + reader.getLocation().getLineNumber();
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (open.size() >= MAX_DEPTH) {
            throw file.wrong(line, "elements are nested more than %d deep".formatted(MAX_DEPTH));
          }
          open.add(
              new Node(reader.getLocalName(), attributes(reader), new ArrayList<>(), "", line));
        }
        case XMLStreamConstants.END_ELEMENT -> {
          Node closed = open.remove(open.size() - 1);
          if (open.isEmpty()) {
            return closed;
          }
          open.get(open.size() - 1).children().add(closed);
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
          if (!open.isEmpty()) {
            open.get(open.size() - 1)
                .children()
                .add(new Node("", Map.of(), List.of(), reader.getText(), line));
          }
        }
        default -> {}
      }
    }
    throw file.wrong("holds no XML element");
  }

  private static Map<String, String> attributes(XMLStreamReader reader) {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      attributes.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
    }
    for (int i = 0; i < reader.getNamespaceCount(); i++) {
      attributes.put("xmlns:" + reader.getNamespacePrefix(i), reader.getNamespaceURI(i));
    }
    return attributes;
  }

  private static String oneLine(String message) {
    return message
        .replaceAll("(?s).*Message: ", "")
        .replaceAll("\\s+", " ")
        .strip()
        .replaceAll("\\.$", "");
  }

  /** Text for an element or an attribute; what XML cannot hold becomes U+FFFD. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\t', '\n', '\r' -> out.append("&#").append(c).append(';');
                default -> out.appendCodePoint(isXml(c) ? c : 0xFFFD);
              }
            });
    return out.toString();
  }

  private static boolean isXml(int c) {
    return c >= 0x20 && c < 0xD800 || c > 0xDFFF && c < 0xFFFE || c > 0xFFFF;
  }
}
