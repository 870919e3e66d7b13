//! What pictures must keep: text inside the page, inks with contrast.
#![allow(dead_code, reason = "each test uses only part of it")]

/// Checks that a picture is a well-formed document with a title and a description, and that no text leaves the page.
pub(crate) fn check(picture: &str) {
    let document = roxmltree::Document::parse(picture).unwrap();
    let root = document.root_element();
    assert_eq!((root.tag_name().name(), root.attribute("width")), ("svg", Some("1120")));
    let height: f64 = root.attribute("height").unwrap().parse().unwrap();
    for required in ["title", "desc"] {
        assert!(root.children().any(|node| node.has_tag_name(required)), "no {required}");
    }
    for node in root.descendants().filter(|node| node.has_tag_name("text")) {
        let (x, y) = (number(node, "x"), number(node, "y"));
        let class = node.attribute("class").unwrap_or_default();
        let words = node.text().unwrap();
        let width = words.chars().count() as f64 * advance(class);
        let left = if class.contains("end") {
            x - width
        } else if class.contains("middle") {
            x - width / 2.0
        } else {
            x
        };
        assert!(left >= 30.0 && left + width <= 1092.0, "`{words}` from {left} to {}", left + width);
        assert!(y > 0.0 && y < height, "{words}");
    }
}

pub(crate) fn number(node: roxmltree::Node<'_, '_>, attribute: &str) -> f64 {
    node.attribute(attribute).unwrap().parse().unwrap()
}

/// How wide a character of a class is, on average and generously.
fn advance(class: &str) -> f64 {
    let classes: Vec<&str> = class.split(' ').collect();
    let sizes = [("title", 24.0), ("head", 15.0), ("small", 12.0), ("tiny", 11.0), ("least", 10.0)];
    let size = sizes.iter().find(|(name, _)| classes.contains(name)).map_or(13.0, |(_, size)| *size);
    size * if classes.contains(&"mono") { 0.603 } else { 0.56 }
}

/// The colour of a class in a style sheet, light or dark; what is not said for the dark is as for the light.
pub(crate) fn colour(style: &str, class: &str, key: &str, dark: bool) -> u32 {
    let (light_part, dark_part) = style.split_once("@media").unwrap();
    let find = |text: &str| {
        let rule = text.lines().find(|line| line.split('{').next().unwrap().split(',').any(|s| s.trim() == class))?;
        let (_, after) = rule.split_once(&format!("{key}: #"))?;
        u32::from_str_radix(&after[..6], 16).ok()
    };
    dark.then(|| find(dark_part)).flatten().or_else(|| find(light_part)).unwrap_or_else(|| panic!("{class} {key}"))
}

/// WCAG 2's contrast ratio.
pub(crate) fn contrast(a: u32, b: u32) -> f64 {
    let channel = |colour: u32, shift: u32| {
        let part = f64::from(colour >> shift & 0xff) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = |c| 0.2126 * channel(c, 16) + 0.7152 * channel(c, 8) + 0.0722 * channel(c, 0);
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}
