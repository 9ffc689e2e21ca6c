import CCairo
import CPango

/// Lays out lines of text with Pango, which joins and orders the letters of every script. Persian and Arabic run from
/// right to left, also inside a line of another script.
///
/// Each typesetter has its own font map, so that canvases on different threads share no state of Pango.
final class Typesetter {
  /// What is the same for every text of a font, in the units of the canvas.
  struct Metrics {
    /// From the baseline up to the top of tall letters.
    let ascent: Double
    /// From the baseline down to the foot of deep letters.
    let descent: Double
    /// The height of a digit.
    let digitHeight: Double
  }

  private let fontMap = pango_cairo_font_map_new()
  private let context: OpaquePointer?
  private var knownMetrics: [Font: Metrics] = [:]

  /// Letters keep their exact widths, so that a text is equally long in every format, and are smoothed in grey.
  init() {
    context = pango_font_map_create_context(fontMap)
    let options = cairo_font_options_create()
    defer { cairo_font_options_destroy(options) }
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    pango_cairo_context_set_font_options(context, options)
    pango_context_set_round_glyph_positions(context, 0)
    // The picture must not depend on the language of the user's environment.
    pango_context_set_language(context, pango_language_from_string("en"))
  }

  deinit {
    if let context { g_object_unref(UnsafeMutableRawPointer(context)) }
    if let fontMap { g_object_unref(UnsafeMutableRawPointer(fontMap)) }
  }

  /// Lays out one line. Its base direction is that of its first letter.
  func line(_ text: String, font: Font) -> TextLine {
    let description = font.description
    defer { pango_font_description_free(description) }
    // The last drawing may have left a scale or a rotation, which would change Pango's measurements.
    pango_context_set_matrix(context, nil)
    return TextLine(text, description: description, context: context)
  }

  /// The metrics of a font, measured once.
  func metrics(of font: Font) -> Metrics {
    if let known = knownMetrics[font] { return known }
    let digit = line("0", font: font)
    let description = font.description
    defer { pango_font_description_free(description) }
    let metrics = pango_context_get_metrics(context, description, nil)
    defer { pango_font_metrics_unref(metrics) }
    let result = Metrics(
      ascent: Double(pango_font_metrics_get_ascent(metrics)) / pangoScale,
      descent: Double(pango_font_metrics_get_descent(metrics)) / pangoScale,
      digitHeight: digit.inkHeight)
    knownMetrics[font] = result
    return result
  }
}

/// One line of text that Pango has laid out.
final class TextLine {
  private let layout: OpaquePointer?

  fileprivate init(_ text: String, description: OpaquePointer?, context: OpaquePointer?) {
    layout = pango_layout_new(context)
    pango_layout_set_single_paragraph_mode(layout, 1)
    pango_layout_set_font_description(layout, description)
    pango_layout_set_text(layout, text, -1)
  }

  deinit {
    if let layout { g_object_unref(UnsafeMutableRawPointer(layout)) }
  }

  /// The distance from the beginning of the line to the beginning of a next word, in the units of the canvas.
  var width: Double { Double(extents.logical.width) / pangoScale }

  /// The height of what is drawn.
  var inkHeight: Double { Double(extents.ink.height) / pangoScale }

  /// Draws the line at the current point of a cairo context, which is the left end of its baseline.
  func show(in cairo: OpaquePointer?) {
    pango_cairo_update_layout(cairo, layout)
    pango_cairo_show_layout_line(cairo, pango_layout_get_line_readonly(layout, 0))
  }

  private var extents: (ink: PangoRectangle, logical: PangoRectangle) {
    var (ink, logical) = (PangoRectangle(), PangoRectangle())
    pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, 0), &ink, &logical)
    return (ink, logical)
  }
}

/// Pango's units in a unit of the canvas.
private let pangoScale = Double(PANGO_SCALE)

extension Font {
  /// The font in Pango's form, owned by the caller.
  fileprivate var description: OpaquePointer? {
    let description = pango_font_description_new()
    pango_font_description_set_family(description, family)
    pango_font_description_set_absolute_size(description, size * pangoScale)
    pango_font_description_set_weight(description, weight == .bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
    pango_font_description_set_style(description, isItalic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL)
    return description
  }
}
