use super::*;
use crate::render::sample;

fn pages() -> Vec<String> {
    let (news, hostile, bare) = (sample::news(), sample::hostile(), sample::bare(""));
    let documents = [("News", &news), ("<b>\"hostile\"</b> & 'co'", &hostile), ("", &bare)];
    let mut pages = vec![report(&documents, "<script>title</script>"), report(&[], "Nothing")];
    pages.extend(documents.map(|(title, document)| html(document, title)));
    pages
}

/// The names of the tags of a page, in order: `p`, `/p`.
fn tags(page: &str) -> Vec<&str> {
    page.split('<').skip(1).map(|tag| tag.split([' ', '>', '\n']).next().unwrap()).collect()
}

#[test]
fn each_mention_is_marked_with_identity_score_and_source() {
    let page = html(&sample::news(), "News");
    assert!(page.contains(
        "<mark class=\"country\" id=\"d1m2\" title=\"Country: Turkey (TR, TUR) · score 0.75 · found by Gazetteer\">\
         <bdi>Türkiye</bdi><small>Country TR</small></mark>"
    ));
    assert!(page.contains("title=\"Location: not resolved · score 0.75 · found by Model\""));
    let text = &page[page.find("<article").unwrap()..page.find("</article>").unwrap()];
    assert_eq!(text.matches("<mark ").count(), sample::news().mentions().len());
}

#[test]
fn only_our_own_tags_stand_in_a_page() {
    let known = [
        "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "ul", "ol", "li",
        "article", "section", "div", "mark", "small", "bdi", "table", "thead", "tbody", "tr", "th", "td", "a", "abbr",
        "details", "summary", "nav",
    ];
    for page in pages() {
        for tag in tags(&page) {
            assert!(known.contains(&tag.trim_start_matches('/')), "{tag}");
        }
        assert!(!page.contains(['\u{0}', '\u{1b}']));
        assert!(!page.contains("javascript:") && !page.contains("http"));
    }
}

#[test]
fn tags_are_closed_in_order() {
    for page in pages() {
        let mut open = Vec::new();
        for tag in tags(&page) {
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name)),
                None if matches!(tag, "!DOCTYPE" | "meta") => {}
                None => open.push(tag),
            }
        }
        assert!(open.is_empty());
    }
}

#[test]
fn attributes_hold_no_quote_of_the_text() {
    for page in pages() {
        let body = &page[page.find("<body>").unwrap()..];
        for tag in body.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()) {
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            let names = tag.split('"').step_by(2).flat_map(str::split_whitespace).filter(|name| name.ends_with('='));
            for name in names {
                let known =
                    ["class=", "id=", "title=", "href=", "aria-label=", "role=", "tabindex=", "scope=", "style="];
                assert!(known.contains(&name), "{tag}");
            }
        }
    }
}

#[test]
fn every_link_has_its_anchor_once() {
    let document = sample::news();
    let page = report(&[("a", &document), ("b", &document)], "Report");
    let mut links = 0;
    for link in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert_eq!(page.matches(&format!("id=\"{link}\"")).count(), 1, "{link}");
        links += 1;
    }
    assert_eq!(links, 6 + 2 + 5 * 2 + 2, "six sections, two contents, five rows of two documents, two cells");
}

#[test]
fn the_text_stands_in_the_page_as_it_was() {
    let document = sample::hostile();
    let page = html(&document, "t");
    let start = page.find("<div class=\"text\">").unwrap() + "<div class=\"text\">".len();
    let mut shown = String::new();
    for part in page[start..page.find("</div>").unwrap()].split('<') {
        let is_text = !part.starts_with("small>");
        let content = part.split_once('>').map_or(part, |(_, content)| content);
        shown.push_str(if is_text { content } else { "" });
    }
    for (name, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
        shown = shown.replace(name, character);
    }
    assert_eq!(shown, crate::render::visible::visible(document.text()));
}

#[test]
fn text_on_every_colour_has_a_contrast_of_at_least_four_and_a_half() {
    let (light, dark) = STYLE.split_once("prefers-color-scheme: dark").unwrap();
    for scheme in [light, dark] {
        let colour = |name: &str| luminance(scheme, name);
        let mut pairs = vec![("quiet", "paper"), ("accent", "paper"), ("ink", "paper")];
        let kinds: Vec<String> = EntityKind::ALL.into_iter().map(class).collect();
        pairs.extend(kinds.iter().map(|kind| ("ink", kind.as_str())));
        for (text, ground) in pairs {
            assert!(contrast(colour(text), colour(ground)) >= 4.5, "{text} on {ground}");
        }
    }
}

/// The relative luminance of WCAG 2.2 of the first colour that `name` is set to.
fn luminance(scheme: &str, name: &str) -> f64 {
    let start = scheme.find(&format!("--{name}: #")).unwrap() + name.len() + 5;
    let channel = |i: usize| {
        let value = f64::from(u8::from_str_radix(&scheme[start + i..start + i + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn many_documents_fold_their_links() {
    let document = sample::news();
    let documents = vec![("t", &document); 13];
    assert!(report(&documents, "Report").contains("<details><summary>13 documents</summary>"));
}
