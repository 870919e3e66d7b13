//! A page that is drawn from top to bottom: shapes and text with classes, escaped, the same bytes every time.

use std::fmt::{Display, Write as _};

/// Diagonal and upright lines, laid over a colour.
const HATCHES: &str = "\
<defs>
<pattern id=\"h1\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><path class=\"hatch\" d=\"M-1 7L7 -1\"/></pattern>
<pattern id=\"h2\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><path class=\"hatch\" d=\"M3 0V6\"/></pattern>
</defs>
";

/// A rectangle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Area {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Area {
    /// The same, less so much on each side.
    pub(crate) fn inset(self, by: f64) -> Self {
        Self { x: self.x + by, y: self.y + by, width: self.width - 2.0 * by, height: self.height - 2.0 * by }
    }
}

/// What was drawn so far.
#[derive(Debug, Default)]
pub(crate) struct Page {
    drawn: String,
}

impl Page {
    /// Text with its baseline at `y`.
    pub(crate) fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        self.line(format_args!("<text x=\"{}\" y=\"{}\"{class}>{}</text>", Number(x), Number(y), Escaped(text)));
    }

    /// A rectangle; `title` is what a pointer above it shows.
    pub(crate) fn rect(&mut self, area: Area, class: &str, title: Option<&str>) {
        let Area { x, y, width, height } = area;
        let radius = if width.min(height) >= 12.0 { " rx=\"2\"" } else { "" };
        let shape = format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{radius} class=\"{class}\"",
            Number(x),
            Number(y),
            Number(width),
            Number(height)
        );
        match title {
            Some(title) => self.line(format_args!("{shape}><title>{}</title></rect>", Escaped(title))),
            None => self.line(format_args!("{shape}/>")),
        }
    }

    /// A filled outline, or with no class of its own a plain path.
    pub(crate) fn path(&mut self, class: &str, data: &str) {
        self.line(format_args!("<path class=\"{class}\" d=\"{data}\"/>"));
    }

    /// A straight line.
    pub(crate) fn stroke(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let data = format!("M{} {}L{} {}", Number(from.0), Number(from.1), Number(to.0), Number(to.1));
        self.path(class, &data);
    }

    /// The whole file: a description for those who cannot see it, the style, the page.
    pub(crate) fn finish(self, width: f64, height: f64, title: &str, description: &str, style: &str) -> String {
        let (width, height) = (Number(width), Number(height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\" aria-labelledby=\"title description\">\n\
             <title id=\"title\">{}</title>\n<desc id=\"description\">{}</desc>\n<style>\n{style}</style>\n{HATCHES}\
             <rect width=\"100%\" height=\"100%\" class=\"page\"/>\n{}</svg>\n",
            Escaped(title),
            Escaped(description),
            self.drawn
        )
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.drawn, "{line}");
    }
}

/// A coordinate: two decimals at most.
pub(crate) struct Number(pub(crate) f64);

impl Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.2}", self.0);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            c if c.is_control() => f.write_char('\u{fffd}'),
            c => f.write_char(c),
        })
    }
}
